#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""make_tone_model.py FOLDER WORD WORD WORD WORD

Writes a model of 8 kB for sherpa-onnx, tones.onnx and tokens.txt: a tone of 500, 900, 1300
or 1700 Hz is a word. It has the form of a T-one CTC model, which takes samples and no
features, so that a few matrices suffice: each frame of 30 ms is compared with the sine and the
cosine of each tone. Needs Debian's python3-onnx."""

import sys
from pathlib import Path

TONES = 500, 900, 1300, 1700
RATE = 8000
FRAME = 240
FRAMES = 10    # of a chunk: 300 ms
FLOOR = 0.002  # below this energy, a frame is silence
SHARP = 1000


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


def write(folder, words):
    """Fails with ImportError where python3-onnx is not installed."""
    import onnx
    from onnx import helper

    model = helper.make_model(graph(), opset_imports=[helper.make_opsetid('', 13)])
    model.ir_version = 7
    facts = {'model_type': 't-one', 'frame_length_ms': 300, 'state_dim': 4, 'sample_rate': RATE}
    helper.set_model_props(model, {key: str(value) for key, value in facts.items()})
    onnx.checker.check_model(model)

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / 'tones.onnx'))
    write_tokens(folder / 'tokens.txt', words)


def write_tokens(path, words):
    lines = [f'▁{word} {number}\n' for number, word in enumerate(words)]
    path.write_text(''.join(lines) + f'<blk> {len(words)}\n', encoding='utf-8')


if __name__ == '__main__':
    write(sys.argv[1], sys.argv[2:])
