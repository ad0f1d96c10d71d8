#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""The capture path against a real audio server.

Runs inside tests/tools/private-desktop. Each sound source plays a tone of its own,
so the captured sound alone shows what the capture was linked to.
"""

import array
import json
import math
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import wave

import tap

PROBE = os.path.join(os.environ["CAPTIOND_BUILDDIR"], "tests", "tools", "capture-probe")
DESKTOP = os.path.join(os.environ["CAPTIOND_SOURCEDIR"], "tests", "tools", "private-desktop")
RUNTIME = os.environ["XDG_RUNTIME_DIR"]
# Multiplies the seconds of an idle machine. A long timeout costs time only when something hangs.
PATIENCE = float(os.environ.get("CAPTIOND_TEST_PATIENCE", "5"))

# In Hz. A capture of something else must not hear the last three tones. A tone that
# begins in the middle of a window stays below -50 dB at these frequencies.
WANTED, SECOND, HARMONIC, OTHER, MICROPHONE = 440, 880, 1320, 3000, 5000
TONES = [WANTED, SECOND, HARMONIC, OTHER, MICROPHONE]
LOUD, SILENT = -15, -50
FULL = 20 * math.log10(0.9)

ERROR = "org.captiond.Captions1.Error."


def run(*command, check=True):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            stdin=subprocess.DEVNULL, timeout=120)
    if check and result.returncode != 0:
        raise AssertionError(f"{command}: {result.stdout}{result.stderr}")
    return result.stdout


def wait_for(condition, what, timeout=8):
    timeout *= PATIENCE
    end = time.monotonic() + timeout
    while True:
        # A check may take long: it counts if it began in time.
        began = time.monotonic()
        value = condition()
        if value:
            return value
        if began > end:
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.05)


def dump():
    return json.loads(run("pw-dump", "-N") or "[]")


def find_nodes(name):
    return [o for o in dump() if o["type"] == "PipeWire:Interface:Node"
            and o["info"]["props"].get("node.name") == name]


def node_state(name):
    nodes = find_nodes(name)
    return nodes[0]["info"]["state"] if nodes else None


def serial_of(name):
    """The serial number of a node. Ids are reused, serials are not."""
    node, = find_nodes(name)
    return node["info"]["props"]["object.serial"]


def pid_of(program):
    with open(os.path.join(RUNTIME, program + ".pid")) as file:
        return int(file.read())


class Capture:
    """The capture probe in a process of its own."""

    def __init__(self, test, source, *, start=True, environment=None):
        self.events = []
        self.news = queue.Queue()
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([PROBE, source] + [str(t) for t in TONES], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, bufsize=1,
                                        env={**os.environ, **(environment or {})})
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        test.addCleanup(self.end)
        if start:
            self.tell("start")

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event["at"] = time.monotonic()
            self.events.append(event)
        self.events.append({"event": "end"})

    def tell(self, command):
        self.process.stdin.write(command + "\n")

    def end(self):
        if self.process.stdin.closed:
            return
        self.process.stdin.close()
        status = self.process.wait(60)
        self.reader.join(60)
        self.process.stdout.close()
        self.errors.seek(0)
        text = self.errors.read()
        self.errors.close()
        if "G_MESSAGES_DEBUG" in os.environ:
            sys.stderr.write(text)
            text = ""
        if status != 0 or text:
            raise AssertionError(f"the probe ended with {status}: {text}")

    def mark(self):
        return len(self.events)

    def wait(self, condition, what, timeout=8, since=0):
        """Returns the first event that fulfils the condition."""
        at = since
        timeout *= PATIENCE
        end = time.monotonic() + timeout
        late = False
        while not late:
            late = time.monotonic() > end
            while at < len(self.events):
                event = self.events[at]
                if event["event"] == "end":
                    raise AssertionError(f"{what}: the probe ended")
                if condition(event):
                    return event
                at += 1
            time.sleep(0.02)
        tail = [e for e in self.events if e["event"] != "audio"][-5:]
        raise AssertionError(f"{what}: not within {timeout} s; {tail} {self.events[-3:]}")

    def wait_state(self, state, reason="", since=0, timeout=8):
        reason = reason and ERROR + reason
        return self.wait(lambda e: e["event"] == "changed" and e["state"] == state
                         and e["reason"] == reason, f"{state} {reason}", timeout, since)

    def wait_tone(self, tone, since=0, timeout=8, level=LOUD):
        index = TONES.index(tone)
        return self.wait(lambda e: e["event"] == "audio" and e["levels"][index] > level,
                         f"hear {tone} Hz", timeout, since)

    def wait_windows(self, count, since, timeout=8):
        """Waits for this many more windows of sound, whatever they contain."""
        wait_for(lambda: len(self.heard(since)) >= count, f"hear {count} windows", timeout)
        return self.heard(since)

    def heard(self, since=0):
        return [e for e in self.events[since:] if e["event"] == "audio"]

    def loudest(self, tone, since=0):
        index = TONES.index(tone)
        return max([e["levels"][index] for e in self.heard(since)], default=-120)

    @property
    def state(self):
        changes = [e for e in self.events if e["event"] == "changed"]
        return changes[-1]["state"] if changes else "stopped"


class CaptureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sounds = tempfile.mkdtemp(dir=RUNTIME)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.sounds)

    def sound(self, tone, left=0.9, right=0.9):
        """Returns a minute of a sine tone, with a gain for each of its two channels."""
        path = os.path.join(self.sounds, f"{tone}_{left}_{right}.wav")
        if not os.path.exists(path):
            samples = array.array("h")
            for i in range(4800):  # a whole number of periods
                sine = math.sin(2 * math.pi * tone * i / 48000)
                samples.extend((round(32767 * left * sine), round(32767 * right * sine)))
            with wave.open(path, "wb") as file:
                file.setparams((2, 2, 48000, 0, "NONE", ""))
                file.writeframes(samples.tobytes() * 600)
        return path

    def spawn(self, *command):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(self.kill, process)
        return process

    def kill(self, process):
        process.kill()
        process.wait()

    def play(self, tone, app="Player", target=None, gains=(0.9, 0.9), options=()):
        props = json.dumps({"application.name": app, "node.name": f"play-{app}"})
        command = ["pw-play", "-P", props, *options]
        if target:
            command += ["--target", target]
        return self.spawn(*command, self.sound(tone, *gains))

    def play_into(self, tone, app, sink):
        """Links the player by hand, because WirePlumber 0.4 moves players that follow the old default."""
        self.play(tone, app, target="0")
        for channel in ("FL", "FR"):
            port = f"play-{app}:output_{channel}"
            wait_for(lambda: port in run("pw-link", "-o"), "ports of the player")
            run("pw-link", port, f"{sink}:playback_{channel}")

    def speak(self):
        """Plays an endless tone into the microphone."""
        return self.play(MICROPHONE, "Speaker", target="mic-feed")

    def add_microphone(self, name, description):
        """Adds a microphone that records what is played to NAME-feed, and that lives
        as long as its process."""
        feed = {"media.class": "Audio/Sink", "node.name": f"{name}-feed", "priority.session": 1}
        source = {"media.class": "Audio/Source", "node.name": name, "node.description": description,
                  "priority.session": 2}
        process = self.spawn("pw-loopback", "-m", "[MONO]", "--capture-props", json.dumps(feed),
                             "--playback-props", json.dumps(source))
        wait_for(lambda: find_nodes(name) and find_nodes(f"{name}-feed"), "the microphone")
        return process

    def add_sink(self, name, description="Another Output"):
        run("pw-cli", "create-node", "adapter", json.dumps({
            "factory.name": "support.null-audio-sink", "node.name": name,
            "node.description": description, "media.class": "Audio/Sink",
            "object.linger": True, "audio.position": ["FL", "FR"], "priority.session": 5}))
        self.addCleanup(self.remove_node, name)
        wait_for(lambda: f"{name}:monitor_FR" in run("pw-link", "-o"), f"ports of {name}")

    def remove_node(self, name):
        for node in find_nodes(name):
            run("pw-cli", "destroy", str(node["id"]), check=False)

    def set_default(self, kind, name):
        key = f"default.configured.audio.{kind}"
        run("pw-metadata", "0", key, json.dumps({"name": name}), "Spa:String:JSON")
        self.addCleanup(run, "pw-metadata", "-d", "0", key)


class WhatIsHeard(CaptureTest):
    def test_system_is_heard_and_the_microphone_is_not(self):
        self.speak()
        capture = Capture(self, "system")
        linked = capture.wait_state("linked")
        self.assertEqual(linked["description"], "Test Speakers")
        self.play(WANTED)
        capture.wait_tone(WANTED)
        capture.wait_windows(10, 0)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_system_follows_the_default_output(self):
        self.speak()
        self.add_sink("second", "Second Output")
        self.play_into(WANTED, "First", "test-sink")
        self.play_into(OTHER, "Other", "second")
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        self.assertLess(capture.loudest(OTHER), SILENT)
        mark = capture.mark()
        self.set_default("sink", "second")
        capture.wait(lambda e: e["event"] == "changed" and e["description"] == "Second Output",
                     "linked to the new default", since=mark)
        capture.wait_tone(OTHER, since=mark)
        mark = capture.mark()
        capture.wait_windows(10, mark)
        self.assertLess(capture.loudest(WANTED, since=mark), SILENT)
        mark = capture.mark()
        self.remove_node("second")
        capture.wait_tone(WANTED, since=mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_microphone_is_heard_and_what_plays_is_not(self):
        self.speak()
        self.play(WANTED)
        capture = Capture(self, "microphone")
        self.assertEqual(capture.wait_state("linked")["description"], "Test Microphone")
        capture.wait_tone(MICROPHONE)
        self.assertLess(capture.loudest(WANTED), SILENT)

    def test_microphone_follows_the_default_input(self):
        self.speak()
        headset = self.add_microphone("headset", "Headset")
        self.play(SECOND, "Wearer", target="headset-feed")
        capture = Capture(self, "microphone")
        capture.wait_tone(MICROPHONE)
        self.assertLess(capture.loudest(SECOND), SILENT)
        mark = capture.mark()
        self.set_default("source", "headset")
        capture.wait(lambda e: e["event"] == "changed" and e["description"] == "Headset",
                     "linked to the new default", since=mark)
        capture.wait_tone(SECOND, since=mark)
        mark = capture.mark()
        capture.wait_windows(10, mark)
        self.assertLess(capture.loudest(MICROPHONE, since=mark), SILENT)
        mark = capture.mark()
        self.kill(headset)
        capture.wait_tone(MICROPHONE, since=mark)

    def test_one_input_by_name_comes_and_goes(self):
        self.speak()
        capture = Capture(self, "input:headset")
        capture.wait_state("waiting", "NoSuchSource")
        for _ in range(2):
            mark = capture.mark()
            headset = self.add_microphone("headset", "Headset")
            wearer = self.play(SECOND, "Wearer", target="headset-feed")
            capture.wait_tone(SECOND, since=mark)
            mark = capture.mark()
            self.kill(headset)
            capture.wait_state("waiting", "NoSuchSource", since=mark)
            self.kill(wearer)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_one_output_by_name_comes_and_goes(self):
        self.speak()
        self.play(OTHER, "Other")
        capture = Capture(self, "output:extra")
        waiting = capture.wait_state("waiting", "NoSuchSource")
        self.assertIn("extra", waiting["message"])
        for _ in range(2):
            mark = capture.mark()
            self.add_sink("extra")
            player = self.play(WANTED, "Wanted", target="extra")
            capture.wait_tone(WANTED, since=mark)
            mark = capture.mark()
            self.remove_node("extra")
            capture.wait_state("waiting", "NoSuchSource", since=mark)
            self.kill(player)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)
        self.assertLess(capture.loudest(OTHER), SILENT)

    def test_an_output_is_not_an_input(self):
        capture = Capture(self, "input:test-sink")
        capture.wait_state("waiting", "NoSuchSource")

    def test_an_application_that_ends_is_not_replaced(self):
        self.speak()
        self.play(OTHER, "Other")
        capture = Capture(self, "app:Foo")
        waiting = capture.wait_state("waiting", "NoSuchSource")
        self.assertEqual(waiting["message"],
                         "No application called “Foo” is playing sound. Captions will start when it does.")
        for _ in range(4):
            mark = capture.mark()
            player = self.play(WANTED, "Foo")
            capture.wait_tone(WANTED, since=mark)
            self.assertEqual(capture.wait_state("linked", since=mark)["description"], "Foo")
            mark = capture.mark()
            self.kill(player)
            capture.wait_state("waiting", "NoSuchSource", since=mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)
        self.assertLess(capture.loudest(OTHER), SILENT)

    def test_all_streams_of_an_application(self):
        self.play(OTHER, "Other")
        self.play(WANTED, "Foo", gains=(0.4, 0.4))
        capture = Capture(self, "app:foo")
        capture.wait_tone(WANTED)
        mark = capture.mark()
        second = self.play(SECOND, "Foo", gains=(0.4, 0.4))
        both = capture.wait(lambda e: e["event"] == "audio" and min(e["levels"][:2]) > LOUD,
                            "hear both", since=mark)
        self.assertAlmostEqual(both["levels"][0], 20 * math.log10(0.4), delta=0.5)
        capture.wait(lambda e: e["event"] == "changed" and e["description"] == "Foo, 2 streams",
                     "two streams")
        mark = capture.mark()
        self.kill(second)
        capture.wait(lambda e: e["event"] == "changed" and e["description"] == "Foo", "one stream",
                     since=mark)
        self.assertLess(capture.loudest(OTHER), SILENT)

    def test_programs_of_pulseaudio(self):
        self.spawn("paplay", self.sound(WANTED))
        system = Capture(self, "system")
        capture = Capture(self, "app:paplay")
        capture.wait_tone(WANTED)
        system.wait_tone(WANTED)

    def test_programs_of_alsa(self):
        self.spawn("aplay", "-q", "-D", "pipewire", self.sound(WANTED))
        system = Capture(self, "system")
        capture = Capture(self, "app:aplay")
        capture.wait_tone(WANTED)
        system.wait_tone(WANTED)


class WhatIsRefused(CaptureTest):
    def move(self):
        node = find_nodes("captiond")[0]["id"]
        run("pw-metadata", str(node), "target.object", "test-mic")
        run("pw-metadata", str(node), "target.node", str(find_nodes("test-mic")[0]["id"]))

    def test_a_moved_capture_stays(self):
        self.speak()
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        self.move()
        mark = capture.mark()
        capture.wait_windows(20, mark)
        self.assertEqual(capture.state, "linked")
        self.assertGreater(capture.heard()[-1]["levels"][0], LOUD)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_a_moved_capture_waits_for_its_application(self):
        self.speak()
        capture = Capture(self, "app:Foo")
        capture.wait_state("waiting", "NoSuchSource")
        self.move()
        player = self.play(WANTED, "Foo")
        capture.wait_tone(WANTED)
        mark = capture.mark()
        self.kill(player)
        capture.wait_state("waiting", "NoSuchSource", since=mark)
        mark = capture.mark()
        self.play(WANTED, "Foo")
        capture.wait_tone(WANTED, since=mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_a_forced_link_is_not_heard_for_one_sample(self):
        self.speak()
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        for _ in range(5):
            mark = capture.mark()
            run("pw-link", "test-mic:capture_MONO", "captiond:input_MONO")
            refused = capture.wait_state("waiting", "PolicyRefused", since=mark)
            self.assertEqual(refused["description"], "")
            mark = capture.mark()
            wait_for(lambda: time.monotonic() > refused["at"] + 0.3, "time")
            self.assertEqual(capture.heard(mark), [])
            run("pw-link", "-d", "test-mic:capture_MONO", "captiond:input_MONO")
            capture.wait_state("linked", since=mark)
            capture.wait_tone(WANTED, since=mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_links_that_come_and_go_at_once_are_not_heard(self):
        self.speak()
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        for i in range(10):
            run("pw-link", "test-mic:capture_MONO", "captiond:input_MONO")
            time.sleep(i * 0.02)
            run("pw-link", "-d", "test-mic:capture_MONO", "captiond:input_MONO")
        mark = capture.mark()
        capture.wait_tone(WANTED, since=mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_a_forced_link_while_the_source_is_absent(self):
        self.speak()
        capture = Capture(self, "app:Foo")
        capture.wait_state("waiting", "NoSuchSource")
        wait_for(lambda: "captiond:input_MONO" in run("pw-link", "-i"), "our port")
        mark = capture.mark()
        run("pw-link", "test-mic:capture_MONO", "captiond:input_MONO")
        capture.wait_state("waiting", "PolicyRefused", since=mark)
        wait_for(lambda: node_state("captiond") == "running", "the forbidden link carries sound")
        time.sleep(0.5)  # an event that must not happen has no sign to wait for
        self.assertEqual(capture.heard(), [])


class HowItBehaves(CaptureTest):
    def test_down_mix_keeps_the_level(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        mark = capture.mark()
        for window in capture.wait_windows(5, mark)[1:]:
            self.assertAlmostEqual(window["levels"][0], FULL, delta=0.5)
            self.assertLess(window["levels"][TONES.index(HARMONIC)], -60)
            self.assertLess(window["peak"], 1.0)

    def test_one_channel_alone_is_half_as_loud(self):
        self.play(WANTED, gains=(0.9, 0.0))
        capture = Capture(self, "system")
        mark = capture.wait_tone(WANTED) and capture.mark()
        for window in capture.wait_windows(4, mark)[1:]:
            self.assertAlmostEqual(window["levels"][0], FULL - 6.02, delta=0.5)

    def test_opposite_channels_cancel_out(self):
        self.play(WANTED, gains=(0.9, -0.9))
        self.play(SECOND, "Also", gains=(0.09, 0.09))
        capture = Capture(self, "system")
        mark = capture.wait_tone(SECOND, level=-25) and capture.mark()
        for window in capture.wait_windows(4, mark)[1:]:
            self.assertLess(window["levels"][0], -60)

    def test_node_says_what_it_is(self):
        capture = Capture(self, "system")
        capture.wait_state("linked")
        (node,) = find_nodes("captiond")
        props = node["info"]["props"]
        self.assertEqual(props["media.class"], "Stream/Input/Audio")
        self.assertEqual(props["media.role"], "Accessibility")
        self.assertEqual(props["media.name"], "System audio")
        self.assertEqual(props["application.id"], "org.captiond.Captions1")
        self.assertEqual(props["application.name"], "Live Captions")
        self.assertEqual(props["node.description"], "Live Captions")
        self.assertIn(str(props["node.passive"]).lower(), ("true", "in-follow"))
        self.assertIn(props.get("node.autoconnect"), (False, "false"))
        for key in ("stream.monitor", "node.latency", "node.always-process", "node.force-quantum",
                    "node.force-rate", "node.lock-quantum", "node.lock-rate"):
            self.assertNotIn(key, props)

    def test_microphone_is_not_passive(self):
        capture = Capture(self, "microphone")
        capture.wait_state("linked")
        (node,) = find_nodes("captiond")
        self.assertNotIn("node.passive", node["info"]["props"])

    def test_environment_cannot_redirect_it(self):
        self.speak()
        self.play(WANTED)
        for name, value in (("PIPEWIRE_NODE", "test-mic"), ("PIPEWIRE_AUTOCONNECT", "true"),
                            ("PIPEWIRE_PROPS", '{ "node.name": "moved" "stream.monitor": "true" }'),
                            ("PIPEWIRE_QUANTUM", "64/48000"), ("PIPEWIRE_LATENCY", "64/48000")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        (node,) = find_nodes("captiond")
        self.assertNotIn("stream.monitor", node["info"]["props"])
        self.assertNotIn("node.latency", node["info"]["props"])
        self.assertLess(capture.loudest(MICROPHONE), SILENT)

    def test_idle_output_falls_asleep_and_wakes(self):
        capture = Capture(self, "system")
        capture.wait_state("linked")
        player = self.play(WANTED)
        capture.wait_tone(WANTED)
        self.kill(player)
        mark = capture.mark()
        capture.wait(lambda e: e["event"] == "paused", "paused", since=mark)
        wait_for(lambda: node_state("test-sink") == "suspended", "the output sleeps", 12)
        self.assertEqual(capture.state, "linked")
        mark = capture.mark()
        self.play(WANTED)
        wait_for(lambda: node_state("test-sink") == "running", "the output wakes")
        awake = time.monotonic()
        self.assertLess(capture.wait_tone(WANTED, since=mark)["at"] - awake, 0.5)

    def test_pause_is_told_once(self):
        capture = Capture(self, "system")
        capture.wait_state("linked")
        player = self.play(WANTED)
        capture.wait_tone(WANTED)
        self.kill(player)
        paused = capture.wait(lambda e: e["event"] == "paused", "paused")
        self.assertGreater(paused["at"] - capture.heard()[-2]["at"], 0.3)
        mark = capture.mark()
        self.play(WANTED)
        capture.wait_tone(WANTED, since=mark)
        self.assertEqual(len([e for e in capture.events if e["event"] == "paused"]), 1)

    def test_time_is_that_of_the_sound(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        windows = capture.wait_windows(20, 0)
        now = time.clock_gettime(time.CLOCK_BOOTTIME) * 1e6
        self.assertLess(abs(now - windows[-1]["time"] - 100e3), 400e3)
        for one, other in zip(windows[1:], windows[2:]):
            self.assertAlmostEqual(other["time"] - one["time"], 100e3, delta=30e3)

    def quantum(self):
        """Returns the quantum of test-sink that pw-top prints."""
        rows = run("pw-top", "-b", "-n", "3", check=False).splitlines()
        found = [r.split() for r in rows if r.rstrip().endswith(" test-sink")]
        return int(found[-1][2]) if found else 0

    def test_it_does_not_change_the_quantum(self):
        self.play(WANTED, options=("--latency=0",))
        wait_for(lambda: node_state("test-sink") == "running", "sound")
        before = self.quantum()
        if before == 0:
            self.skipTest("this pw-top has no batch mode (before 0.3.67)")
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        self.assertEqual(self.quantum(), before)

    def test_list_of_sources(self):
        self.play(WANTED, "Foo")
        self.play(SECOND, "Foo")
        capture = Capture(self, "app:Foo")
        capture.wait(lambda e: e.get("description") == "Foo, 2 streams", "two streams")
        mark = capture.mark()
        capture.tell("list")
        answer = capture.wait(lambda e: e["event"] == "list", "list", since=mark)
        sources = {s["id"]: s for s in answer["sources"]}
        self.assertEqual(list(sources)[:2], ["system", "microphone"])
        self.assertTrue(sources["system"]["active"])
        self.assertEqual(sources["output:test-sink"], {
            "id": "output:test-sink", "kind": "output", "name": "Test Speakers", "default": True,
            "active": True})
        self.assertEqual(sources["input:test-mic"]["name"], "Test Microphone")
        self.assertFalse(sources["output:mic-feed"]["default"])
        apps = [s for s in answer["sources"] if s["kind"] == "app"]
        self.assertEqual(apps, [{"id": "app:Foo", "kind": "app", "name": "Foo", "default": False,
                                 "active": True}])

    def test_stop_leaves_no_node(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        capture.tell("stop")
        capture.wait_state("stopped")
        mark = capture.mark()
        wait_for(lambda: not find_nodes("captiond"), "no node", 1)
        self.assertEqual(capture.heard(mark), [])
        capture.tell("start")
        capture.wait_tone(WANTED, since=mark)

    def test_a_hundred_starts_and_stops(self):
        self.play(WANTED)
        capture = Capture(self, "system", start=False)
        capture.tell("cycle 100")
        capture.wait(lambda e: e["event"] == "cycled", "a hundred cycles", 30)
        wait_for(lambda: not find_nodes("captiond"), "no node", 1)
        mark = capture.mark()
        capture.tell("start")
        capture.wait_tone(WANTED, since=mark)

    @unittest.skipUnless(os.environ.get("RT_GUARD"), "sanitizers allocate and lock by themselves")
    def test_realtime_callback_neither_allocates_nor_locks(self):
        report = os.path.join(self.sounds, "report")
        capture = Capture(self, "system", environment={
            "LD_PRELOAD": os.environ["RT_GUARD"], "RT_GUARD_REPORT": report})
        capture.wait_state("linked")
        player = self.play(WANTED)
        capture.wait_tone(WANTED)
        capture.tell("stall")  # so that the ring overflows as well
        mark = capture.mark()
        capture.wait_windows(40, mark)
        self.kill(player)
        capture.tell("stop")
        self.assertGreater(capture.wait_state("stopped")["lost"], 0)
        capture.end()
        with open(report) as file:
            counts = json.load(file)
        self.assertGreater(counts.pop("callbacks"), 100)
        self.assertEqual(counts, {"allocations": 0, "locks": 0})

    def test_a_late_main_loop_loses_and_tells(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        mark = capture.mark()
        capture.tell("stall")
        capture.wait_windows(40, mark, timeout=15)
        capture.tell("stop")
        lost = capture.wait_state("stopped")["lost"]
        # The ring holds 2.7 of the 4 seconds.
        self.assertGreater(lost, 0.8 * 24000)
        self.assertLess(lost, 4 * 24000)


class WhatGoesWrong(CaptureTest):
    def setUp(self):
        self.addCleanup(self.ensure_audio)

    def ensure_audio(self):
        try:
            for program in ("pipewire", "wireplumber", "pipewire-pulse"):
                os.kill(pid_of(program), 0)
        except (FileNotFoundError, ProcessLookupError):
            self.desktop("stop-audio")
            self.desktop("start-audio")

    def desktop(self, command):
        subprocess.run([DESKTOP, command], check=True, timeout=120, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_server_restarts(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        mark = capture.mark()
        self.desktop("stop-audio")
        waiting = capture.wait_state("waiting", "AudioUnavailable", since=mark)
        self.assertIn("PipeWire", waiting["message"])
        mark = capture.mark()
        self.desktop("start-audio")
        self.play(WANTED)
        capture.wait_state("linked", since=mark)
        capture.wait_tone(WANTED, since=mark)

    def test_start_before_the_server(self):
        self.desktop("stop-audio")
        capture = Capture(self, "system")
        capture.wait_state("waiting", "AudioUnavailable")
        self.desktop("start-audio")
        self.play(WANTED)
        capture.wait_tone(WANTED)

    def test_server_is_frozen(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        pipewire = pid_of("pipewire")
        node = serial_of("captiond")
        mark = capture.mark()
        os.kill(pipewire, signal.SIGSTOP)
        self.addCleanup(os.kill, pipewire, signal.SIGCONT)
        capture.wait(lambda e: e["event"] == "paused", "paused", since=mark)
        capture.wait_state("waiting", "AudioUnavailable", since=mark, timeout=10)
        mark = capture.mark()
        os.kill(pipewire, signal.SIGCONT)
        capture.wait_tone(WANTED, since=mark)
        capture.wait_state("linked", since=mark)
        # A new node would have missed some sound.
        self.assertEqual(serial_of("captiond"), node)

    def test_session_manager_dies_and_returns(self):
        self.play(WANTED)
        capture = Capture(self, "system")
        capture.wait_tone(WANTED)
        os.kill(pid_of("wireplumber"), signal.SIGKILL)
        wait_for(lambda: "default.audio.sink" not in run("pw-metadata", "0", check=False),
                 "no session manager")
        late = Capture(self, "system")
        late.wait_state("waiting", "AudioUnavailable")
        self.assertEqual(capture.state, "linked")
        # Restarts everything, because a WirePlumber 0.4 that restarts alone links no player.
        mark, late_mark = capture.mark(), late.mark()
        self.desktop("stop-audio")
        self.desktop("start-audio")
        self.speak()
        self.play(WANTED, "Again")
        capture.wait_tone(WANTED, since=mark)
        late.wait_tone(WANTED, since=late_mark)
        self.assertLess(capture.loudest(MICROPHONE), SILENT)
        self.assertLess(late.loudest(MICROPHONE), SILENT)


if __name__ == "__main__":
    tap.main()
