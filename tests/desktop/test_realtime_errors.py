# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The errors that captiond reports for error events, close codes and HTTP answers,
and whether it reconnects."""

import os
import tempfile
import time

import tap
from captions import PATIENCE, run_until, speech
from realtime import make_certificate
from realtime_case import KEY, RealtimeCase


class ErrorCase(RealtimeCase):

    def assert_final(self, server, dialect, error, phrase, tries=1, **settings):
        """Asserts that the stream fails after that many handshakes."""
        client, stream = self.use(server, dialect, **settings)
        found, sentence = self.wait_for_failure(client, stream)
        self.assertEqual(found, error)
        self.assertIn(phrase, sentence)
        self.assertNotIn(KEY, sentence)
        self.assertEqual(self.tries(server), tries)
        client.stream(stream, 'Close')

    def assert_retries(self, server, error, phrase, dialect='openai', **settings):
        """Asserts that captiond reports the error while it waits, and then tries again."""
        client, stream = self.use(server, dialect, **settings)
        state, found, sentence = self.wait_for_reason(client, stream)
        self.assertEqual((state, found), ('reconnecting', error))
        self.assertIn(phrase, sentence)
        run_until(lambda: self.tries(server) >= 2, 20, 'a second handshake')
        client.stream(stream, 'Close')


class Final(ErrorCase):
    """Waiting does not help here: captiond makes one handshake and reports a sentence."""

    def test_a_wrong_key(self):
        for dialect, settings in [('openai', {}), ('azure', {}), ('azure-preview', {}), ('speaches', {}),
                                  ('localai', {}), ('vllm', {}), ('legacy', {})]:
            with self.subTest(dialect=dialect):
                server = self.server(dialect.partition('-')[0], key='another')
                tries = 0 if dialect == 'azure-preview' else 1
                self.assert_final(server, dialect, 'AuthenticationFailed', 'key', tries, **settings)

    def test_refusals_after_the_handshake(self):
        for code, close, error, phrase in [
                ('invalid_api_key', 3000, 'AuthenticationFailed', 'did not accept the key'),
                ('beta_api_shape_disabled', 4000, 'ProtocolError', '--dialect openai'),
                ('missing_model', 4000, 'ModelNotFound', 'model in the address'),
                ('invalid_model', 4000, 'ModelNotSupported', 'in this kind of session'),
                ('model_not_found', 4004, 'ModelNotFound', 'no model called'),
                ('insufficient_quota', 4000, 'QuotaExceeded', 'no credit'),
                ('credit_balance_exhausted', 4000, 'QuotaExceeded', 'no credit'),
                ('insufficient_permissions', 4000, 'AuthenticationFailed', 'does not permit this'),
                ('unsupported_country_region_territory', 4000, 'ServiceFailed', 'country'),
                ('never_heard_of', 4999, 'ProtocolError', '4999')]:
            with self.subTest(code=code):
                server = self.server('openai', 'refused', code=code, status=close, message='No.')
                self.assert_final(server, 'openai', error, phrase)

    def test_answers_over_http(self):
        for status, code, error, phrase in [
                (401, 'invalid_api_key', 'AuthenticationFailed', 'did not accept the key'),
                (401, 'PermissionDenied', 'AuthenticationFailed', 'Cognitive Services OpenAI User'),
                (402, 'payment_required', 'QuotaExceeded', 'billing'),
                (403, 'unsupported_country_region_territory', 'ServiceFailed', 'country'),
                (403, 'forbidden', 'AuthenticationFailed', '403'),
                (404, 'DeploymentNotFound', 'ModelNotFound', 'no deployment called'),
                (405, 'method', 'EndpointNotFound', '405'),
                (410, 'gone', 'EndpointNotFound', '410'),
                (418, 'teapot', 'ProtocolError', 'teapot'),
                (422, 'missing', 'EndpointNotFound', 'other parameters'),
                (501, 'not_implemented', 'EndpointNotFound', '501')]:
            with self.subTest(status=status, code=code):
                server = self.server('openai', 'http', status=status, code=code, message='No.')
                self.assert_final(server, 'openai', error, phrase)

    def test_close_codes_of_a_working_session(self):
        for close, error, phrase in [(1008, 'AuthenticationFailed', '1008'), (1002, 'ProtocolError', '1002'),
                                     (1003, 'ProtocolError', '1003'), (1007, 'ProtocolError', '1007'),
                                     (1009, 'ProtocolError', '1009'), (3000, 'AuthenticationFailed', 'key'),
                                     (4000, 'ProtocolError', '4000'), (4321, 'ProtocolError', '4321')]:
            with self.subTest(close=close):
                server = self.server('openai', 'error', status=close)
                self.assert_final(server, 'openai', error, phrase)

    def test_redirects_are_not_followed(self):
        other = self.server('openai')
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status=status):
                server = self.server('openai', f'redirect-{status}', redirect_to=other.url + '/realtime')
                self.assert_final(server, 'openai', 'RedirectRefused', 'follows no redirect')
                self.assertEqual(other.log(), [])

    def test_a_redirected_mint_is_not_followed(self):
        other = self.server('openai')
        server = self.server('openai', 'redirect-302+mint-302', redirect_to=other.url + '/realtime/client_secrets')
        self.assert_final(server, 'openai', 'RedirectRefused', 'follows no redirect', 0, mint=True)
        self.assertEqual(other.log(), [])

    def test_retry_tries_a_failed_one_again(self):
        server = self.server('openai', 'quota')
        client, stream = self.use(server, 'openai')
        self.wait_for_failure(client, stream)
        client.stream(stream, 'Retry')
        run_until(lambda: self.tries(server) == 2, 10, 'a second handshake')
        self.wait_for_failure(client, stream)
        self.assertEqual(self.tries(server), 2)


class Passing(ErrorCase):
    """captiond reconnects without help."""

    def test_another_certificate_for_a_while(self):
        """The login page of a hotel, or a server that is being reinstalled, shows such a certificate."""
        folder = os.environ['XDG_RUNTIME_DIR']
        authority, *right = make_certificate(folder)
        shown = self.server('openai', tls=tuple(right))
        client, stream = self.use(shown, 'openai', ca_file=authority)
        client.wait_for_state(stream, 'listening', 20)
        with tempfile.TemporaryDirectory() as other:
            shown.restart(same_port=True, tls=make_certificate(other)[1:])
            run_until(lambda: client.property(stream, 'StateReason').endswith('TlsFailed'), 40, 'the refusal')
        self.assertEqual(client.property(stream, 'State'), 'reconnecting')
        tries = self.tries(shown)
        shown.restart(same_port=True, tls=tuple(right))
        run_until(lambda: self.tries(shown) > tries, 40, 'another session')
        client.wait_for_state(stream, 'listening', 20)

    def test_busy_services(self):
        for status, error in [(408, 'ConnectionLost'), (429, 'RateLimited'), (500, 'ServiceFailed'),
                              (502, 'ServiceFailed'), (503, 'ServiceFailed'), (504, 'ServiceFailed')]:
            with self.subTest(status=status):
                server = self.server('openai', 'http', status=status, code='busy', message='Later.', retry_after=0)
                self.assert_retries(server, error, 'tries again')

    def test_closes_that_are_nobodys_fault(self):
        for close, error in [(1000, 'ConnectionLost'), (1001, 'ConnectionLost'), (1011, 'ServiceFailed'),
                             (1012, 'ServiceFailed'), (1013, 'ServiceFailed')]:
            with self.subTest(close=close):
                server = self.server('openai', 'error', status=close)
                self.assert_retries(server, error, str(close))

    def test_errors_of_the_service_and_a_close(self):
        for code, error in [('server_error', 'ServiceFailed'), ('overloaded', 'ServiceFailed'),
                            ('rate_limit_exceeded', 'RateLimited')]:
            with self.subTest(code=code):
                server = self.server('openai', 'refused', code=code, status=1011, message='Later.')
                self.assert_retries(server, error, 'tries again')

    def test_a_login_page(self):
        self.assert_retries(self.server('openai', 'html-200'), 'ConnectionLost', 'login page')

    def test_nobody_listens(self):
        server = self.server('openai')
        server.stop()
        client, stream = self.use(server, 'openai')
        state, error, sentence = self.wait_for_reason(client, stream)
        self.assertEqual((state, error), ('reconnecting', 'ConnectionLost'))
        self.assertIn('No server is listening', sentence)

    def test_a_configuration_that_is_never_acknowledged(self):
        server = self.server('openai', 'never-updates')
        client, stream = self.use(server, 'openai')
        state, error, sentence = self.wait_for_reason(client, stream)
        self.assertEqual((state, error), ('reconnecting', 'ServiceFailed'))
        self.assertIn('did not answer in time', sentence)

    def test_too_many_requests_wait_as_long_as_they_are_told(self):
        server = self.server('openai', 'rate-limited')
        client, stream = self.use(server, 'openai')
        _, error, _ = self.wait_for_reason(client, stream)
        self.assertEqual(error, 'RateLimited')
        client.wait_for_state(stream, 'listening', 20)
        self.assertEqual(self.tries(server), 2)
        times = [record['ms'] for record in server.connections()]
        # The last handshake follows the one that read the body of the refusal.
        self.assertGreaterEqual(times[-1] - times[-2], 950)
        self.assertEqual(client.property(stream, 'StateReason'), '')

    def test_retry_does_not_wait(self):
        server = self.server('openai', 'busy', retry_after=3600)
        client, stream = self.use(server, 'openai')
        client.wait_for_state(stream, 'reconnecting', 20)
        self.assertEqual(self.tries(server), 1)
        client.stream(stream, 'Retry')
        run_until(lambda: self.tries(server) == 2, 10, 'a second handshake')


class Session(ErrorCase):
    """Errors that a session survives, and errors after which a new session continues."""

    def test_errors_that_end_nothing(self):
        for code in ('never_heard_of', 'rate_limit_exceeded', 'invalid_event', 'input_audio_buffer_commit_empty'):
            with self.subTest(code=code):
                server = self.server('openai', 'error', code=code, message='Something.', text='still here')
                client, stream = self.use(server, 'openai')
                if code == 'never_heard_of':
                    self.say(client, stream, speech()[1:2])
                    self.wait_for_finals(client, stream, 1)
                client.wait_for_state(stream, 'listening')
                run_until(lambda server=server: 'error' in [f['type'] for f in server.frames('s2c')], 10, 'the error')
                self.assertEqual(client.property(stream, 'State'), 'listening')
                self.assertEqual(self.tries(server), 1)
                client.stream(stream, 'Close')

    def test_captions_go_on_in_the_next_session(self):
        for behaviour in ('expire', 'restart', 'drop'):
            with self.subTest(behaviour=behaviour):
                server = self.server('openai', behaviour, text=['one', 'two'])
                client, stream = self.use(server, 'openai')
                self.say(client, stream, speech()[1:2])
                self.wait_for_finals(client, stream, 1)
                run_until(lambda server=server: self.tries(server) == 2, 10, 'another session')
                self.say(client, stream, speech()[1:2])
                self.wait_for_finals(client, stream, 2)
                self.assertEqual([segment[2] for segment in client.finals(stream)][:2], ['one', 'two'])
                configured = [f for f in server.frames('c2s') if f['type'] == 'session.update']
                self.assertGreaterEqual(len(configured), 2)
                client.stream(stream, 'Close')

    def test_an_expired_session_is_renewed_at_once(self):
        server = self.server('openai', session_seconds=1)
        client, stream = self.use(server, 'openai')
        run_until(lambda: self.tries(server) >= 2, 20, 'another session')
        ended = next(record['ms'] for record in server.log() if record['dir'] == 'close')
        self.assertLess(server.connections()[1]['ms'] - ended, 200 * PATIENCE)
        client.wait_for_state(stream, 'listening')


if __name__ == '__main__':
    tap.main()
