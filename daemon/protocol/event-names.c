/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/event.h"

#define BUFFER_AND_ITEM_EVENTS                                                          \
  { "input_audio_buffer.speech_started", CAP_EVENT_SPEECH_STARTED },                    \
  { "input_audio_buffer.speech_stopped", CAP_EVENT_SPEECH_STOPPED },                    \
  { "input_audio_buffer.committed", CAP_EVENT_COMMITTED },                              \
  { "conversation.item.input_audio_transcription.delta", CAP_EVENT_DELTA },             \
  { "conversation.item.input_audio_transcription.completed", CAP_EVENT_COMPLETED },     \
  { "conversation.item.input_audio_transcription.failed", CAP_EVENT_FAILED },           \
  { "conversation.item.input_audio_transcription.segment", CAP_EVENT_SEGMENT },         \
  { "error", CAP_EVENT_ERROR }

/* The beta's first event is here so that captiond recognises its servers. */
const CapEventName cap_event_names_nested[] = {
  { "session.created", CAP_EVENT_CREATED },
  { "transcription_session.created", CAP_EVENT_CREATED },
  { "session.updated", CAP_EVENT_UPDATED },
  BUFFER_AND_ITEM_EVENTS,
  { NULL },
};

/* speaches sends a flat session under the new name of the event. */
const CapEventName cap_event_names_flat[] = {
  { "transcription_session.created", CAP_EVENT_CREATED },
  { "transcription_session.updated", CAP_EVENT_UPDATED },
  { "session.created", CAP_EVENT_CREATED },
  { "session.updated", CAP_EVENT_UPDATED },
  BUFFER_AND_ITEM_EVENTS,
  { NULL },
};

const CapEventName cap_event_names_vllm[] = {
  { "session.created", CAP_EVENT_CREATED },
  { "transcription.delta", CAP_EVENT_DELTA },
  { "transcription.done", CAP_EVENT_COMPLETED },
  { "error", CAP_EVENT_ERROR },
  { NULL },
};
