# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""The part of the stand-in for captiond that lists and installs models. The test decides
how each job goes on."""

from gi.repository import GLib

from providers_stand_in import Refused

JOB = 'org.captiond.Captions1.Job'
PREFIX = '/org/captiond/Captions1/job/'
ERROR = 'org.captiond.Captions1.Error.'
METHODS = 'ListModels', 'InstallModel', 'RemoveModel'

TYPES = {'languages': 'as', 'hosts': 'as', 'needs': 'as', 'files': 'a(st)', 'word-errors': 'd'}


def variants(row):
    kinds = {bool: 'b', int: 't', str: 's'}
    return {key: GLib.Variant(TYPES.get(key) or kinds[type(value)], value) for key, value in row.items()}


class Job:
    def __init__(self, models, number, caller, method, name, options):
        self.models = models
        self.path = f'{PREFIX}{number}'
        self.caller = caller
        self.method = method
        self.name = name
        self.options = options
        self.on_cancel = lambda: self.done('Cancelled', 'It was cancelled.')

    def send(self, signal, arguments):
        self.models.service.connection.emit_signal(self.caller, self.path, JOB, signal, arguments)

    def progress(self, stage, done, total):
        self.send('Progress', GLib.Variant('(stt)', (stage, done, total)))

    def done(self, error='', message=''):
        if not error:
            row = self.models.rows[self.name]
            row['state'] = 'installed' if self.method == 'InstallModel' else 'available'
            row['path'] = f'/models/{self.name}' if self.method == 'InstallModel' else ''
        self.send('Done', GLib.Variant('(ss)', (error and ERROR + error, message)))


class Models:
    def __init__(self, service, node):
        self.service = service
        self.info = node.lookup_interface(JOB)
        self.rows = {}          # id: row
        self.jobs = []
        self.last_job = 0
        self.begin = Job.done   # called with each new job, after the answer; None: the test goes on
        self.languages = []     # of each ListModels

    def add(self, model, **facts):
        self.rows[model] = {
            'id': model, 'kind': 'model', 'name': model.title(), 'languages': ['en'], 'recogniser': 'whisper',
            'form': 'ggml', 'license': 'MIT', 'license-address': 'https://license.example/', 'attribution': '',
            'notice': '', 'download-size': 1000, 'disk-size': 0, 'memory': 0, 'files': [(f'{model}.bin', 3)],
            'hosts': ['models.example'], 'needs': [], 'case': False, 'punctuation': False, 'streams': False,
            'word-errors-source': '', 'word-errors-on': '', 'state': 'available', 'path': '', 'system': False,
            'update': False, 'usable': True, 'reason': '',
            **{key.replace('_', '-'): value for key, value in facts.items()}}

    def call(self, sender, method, arguments):
        arguments = arguments.unpack()
        if method == 'ListModels':
            language = arguments[0].get('language', '')
            self.languages.append(language)
            return GLib.Variant('(aa{sv})', ([variants(row) for _, row in sorted(self.rows.items())
                                              if not language or language in row['languages']],))
        if arguments[0] not in self.rows:
            raise Refused('NoSuchModel', f'There is no model “{arguments[0]}”.')
        self.last_job += 1
        job = Job(self, self.last_job, sender, method, arguments[0], (*arguments[1:], {})[0])
        self.service.connection.register_object(job.path, self.info, self.on_call, None, None)
        self.jobs.append(job)
        if self.begin:
            GLib.idle_add(lambda: self.begin(job) and False)
        return GLib.Variant('(o)', (job.path,))

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        job = next(entry for entry in self.jobs if entry.path == path)
        self.service.calls.append(method)
        if sender != job.caller:
            invocation.return_dbus_error(ERROR + 'NotHolder', 'It is of another caller.')
            return
        invocation.return_value(None)
        job.on_cancel()
