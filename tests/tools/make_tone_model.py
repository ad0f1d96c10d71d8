#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""make_tone_model.py FOLDER WORD WORD WORD WORD

Writes two models of a few kB for sherpa-onnx: a tone of 500, 900, 1300 or 1700 Hz is a word.
tones.onnx and tokens.txt have the form of a T-one CTC model, which takes samples and no
features, so that a few matrices suffice: each frame of 30 ms is compared with the sine and the
cosine of each tone. encoder.onnx, decoder.onnx, joiner.onnx and symbols.txt have the form of a
transducer: the encoder looks at the mel bin of each tone, and the decoder lets no word follow
itself, which ends a word. Needs Debian's python3-onnx."""

import math
import sys
from pathlib import Path

TONES = 500, 900, 1300, 1700
RATE = 8000
FRAME = 240
FRAMES = 10    # of a chunk: 300 ms
FLOOR = 0.002  # below this energy, a frame is silence
SHARP = 1000

# The transducer.
FEATURES = 80
CHUNK = 40      # frames of 10 ms that one step decodes
STEP = 4        # frames of features in a frame of the encoder
LOUD = 3.0      # logarithm of the power in the bin of a tone, above which it is heard
SILENT = -1000  # score of a word that may not follow


def matrices():
    """Returns the matrices of the graph by name."""
    import numpy

    time = numpy.arange(FRAME) / RATE
    waves = [wave(2 * numpy.pi * tone * time) for wave in (numpy.cos, numpy.sin) for tone in TONES]
    floor = numpy.zeros(len(TONES) + 1)
    floor[-1] = FLOOR
    return {
        'scale': numpy.float32(1 / 32768),
        'shape': numpy.array([-1, FRAMES, FRAME], numpy.int64),
        'waves': numpy.stack(waves, 1).astype(numpy.float32) * numpy.float32(2 / FRAME),
        'both': numpy.tile(numpy.eye(len(TONES)), (2, 1)).astype(numpy.float32),
        'tokens': numpy.eye(len(TONES), len(TONES) + 1).astype(numpy.float32),
        'floor': floor.astype(numpy.float32),
        'sharp': numpy.float32(SHARP),
    }


def graph():
    from onnx import TensorProto, helper, numpy_helper

    steps = [
        ('Cast', ['signal'], 'numbers', {'to': TensorProto.FLOAT}),
        ('Mul', ['numbers', 'scale'], 'samples', {}),
        ('Reshape', ['samples', 'shape'], 'frames', {}),
        ('MatMul', ['frames', 'waves'], 'parts', {}),
        ('Mul', ['parts', 'parts'], 'squares', {}),
        ('MatMul', ['squares', 'both'], 'energies', {}),
        ('MatMul', ['energies', 'tokens'], 'scores', {}),
        ('Add', ['scores', 'floor'], 'judged', {}),
        ('Mul', ['judged', 'sharp'], 'sharpened', {}),
        ('LogSoftmax', ['sharpened'], 'logprobs', {'axis': 2}),
        # The library wants a state, which this model does not need.
        ('Identity', ['state'], 'state_next', {}),
    ]
    return helper.make_graph(
        [helper.make_node(kind, inputs, [output], **attributes) for kind, inputs, output, attributes in steps],
        'tones',
        [helper.make_tensor_value_info('signal', TensorProto.INT32, ['N', FRAMES * FRAME, 1]),
         helper.make_tensor_value_info('state', TensorProto.FLOAT16, ['N', 4])],
        [helper.make_tensor_value_info('logprobs', TensorProto.FLOAT, ['N', FRAMES, len(TONES) + 1]),
         helper.make_tensor_value_info('state_next', TensorProto.FLOAT16, ['N', 4])],
        [numpy_helper.from_array(matrix, name) for name, matrix in matrices().items()])


def mel(frequency):
    return 1127 * math.log(1 + frequency / 700)


def bin_of(tone):
    """Returns the feature in whose middle a tone is; the features cover 20 to 7600 Hz."""
    width = (mel(7600) - mel(20)) / (FEATURES + 1)
    return round((mel(tone) - mel(20)) / width) - 1


def encoder():
    import numpy
    from onnx import TensorProto, helper, numpy_helper

    vocabulary = len(TONES) + 1
    chosen = numpy.zeros((FEATURES, vocabulary), numpy.float32)
    for number, tone in enumerate(TONES, 1):
        chosen[bin_of(tone), number] = 1
    blank = numpy.zeros(vocabulary, numpy.float32)
    blank[0] = LOUD
    constants = {'begin': numpy.array([0], numpy.int64), 'end': numpy.array([CHUNK], numpy.int64),
                 'axis': numpy.array([1], numpy.int64), 'chosen': chosen, 'blank': blank,
                 'shape': numpy.array([-1, CHUNK // STEP, STEP, FEATURES], numpy.int64)}
    nodes = [
        helper.make_node('Slice', ['x', 'begin', 'end', 'axis'], ['chunk']),
        helper.make_node('Reshape', ['chunk', 'shape'], ['steps']),
        helper.make_node('ReduceMean', ['steps'], ['means'], axes=[2], keepdims=0),
        helper.make_node('MatMul', ['means', 'chosen'], ['scores']),
        helper.make_node('Add', ['scores', 'blank'], ['encoder_out']),
        helper.make_node('Identity', ['state0'], ['next_state0']),
        helper.make_node('Identity', ['state1'], ['next_state1']),
    ]
    number = TensorProto.FLOAT
    states = [(name, [1, 'N', 1]) for name in ('state0', 'state1')]
    inputs = [('x', ['N', CHUNK + 5, FEATURES]), *states]
    outputs = [('encoder_out', ['N', CHUNK // STEP, vocabulary]), *(('next_' + name, shape) for name, shape in states)]
    return helper.make_graph(
        nodes, 'encoder', [helper.make_tensor_value_info(name, number, shape) for name, shape in inputs],
        [helper.make_tensor_value_info(name, number, shape) for name, shape in outputs],
        [numpy_helper.from_array(matrix, name) for name, matrix in constants.items()])


def decoder():
    import numpy
    from onnx import TensorProto, helper, numpy_helper

    vocabulary = len(TONES) + 1
    scores = numpy.eye(vocabulary, dtype=numpy.float32) * SILENT
    scores[0, 0] = 0
    constants = {'scores': scores, 'last': numpy.array(1, numpy.int64)}
    return helper.make_graph(
        [helper.make_node('Gather', ['y', 'last'], ['token'], axis=1),
         helper.make_node('Gather', ['scores', 'token'], ['decoder_out'])],
        'decoder', [helper.make_tensor_value_info('y', TensorProto.INT64, ['N', 2])],
        [helper.make_tensor_value_info('decoder_out', TensorProto.FLOAT, ['N', vocabulary])],
        [numpy_helper.from_array(matrix, name) for name, matrix in constants.items()])


def joiner():
    from onnx import TensorProto, helper

    shape = ['N', len(TONES) + 1]
    return helper.make_graph(
        [helper.make_node('Add', ['encoder_out', 'decoder_out'], ['logit'])], 'joiner',
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ('encoder_out', 'decoder_out')],
        [helper.make_tensor_value_info('logit', TensorProto.FLOAT, shape)])


def save(path, content, **facts):
    import onnx
    from onnx import helper

    model = helper.make_model(content, opset_imports=[helper.make_opsetid('', 13)])
    model.ir_version = 7
    helper.set_model_props(model, {key: str(value) for key, value in facts.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write(folder, words):
    """Fails with ImportError where python3-onnx is not installed."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / 'tones.onnx', graph(), model_type='t-one', frame_length_ms=300, state_dim=4, sample_rate=RATE)
    write_tokens(folder / 'tokens.txt', words)

    save(folder / 'encoder.onnx', encoder(), model_type='lstm', num_encoder_layers=1, T=CHUNK + 5,
         decode_chunk_len=CHUNK, rnn_hidden_size=1, d_model=1)
    save(folder / 'decoder.onnx', decoder(), vocab_size=len(TONES) + 1, context_size=2)
    save(folder / 'joiner.onnx', joiner(), joiner_dim=len(TONES) + 1)
    lines = [f'▁{word} {number}\n' for number, word in enumerate(words, 1)]
    (folder / 'symbols.txt').write_text('<blk> 0\n' + ''.join(lines), encoding='utf-8')


def write_tokens(path, words):
    lines = [f'▁{word} {number}\n' for number, word in enumerate(words)]
    path.write_text(''.join(lines) + f'<blk> {len(words)}\n', encoding='utf-8')


if __name__ == '__main__':
    write(sys.argv[1], sys.argv[2:])
