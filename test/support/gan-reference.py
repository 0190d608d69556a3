"""A small generator and discriminator in PyTorch, on weights that come over standard input.

Reads one JSON object: {"generator": {name: {shape, values}}, "discriminator": …, "x": {shape, values}, "blocks": n};
kernels are [k, k, in, out] (transposed ones [k, k, out, in]), images [N, H, W, C]. Writes outputs and gradients of
the mean of squares of both, laid out the same way.
"""

import json
import sys

import torch
from torch import nn
from torch.nn import functional

asked = json.load(sys.stdin)


def tensors(network):
    return {
        name: torch.tensor(one["values"], dtype=torch.float32).reshape(one["shape"]).requires_grad_()
        for name, one in network.items()
    }


def conv(w, name, x, stride, pad):
    return functional.conv2d(x, w[name + ".kernel"].permute(3, 2, 0, 1), w[name + ".bias"], stride, pad)


def up(w, name, x):
    kernel = w[name + ".kernel"].permute(3, 2, 0, 1)
    return functional.conv_transpose2d(x, kernel, w[name + ".bias"], 2, 1, 1)


norm = functional.instance_norm


def reflect(x, pad):
    return nn.ReflectionPad2d(pad)(x)


def generate(w, x, blocks):
    v = norm(conv(w, "first", reflect(x, 3), 1, 0)).relu()
    v = norm(conv(w, "down1", v, 2, 1)).relu()
    v = norm(conv(w, "down2", v, 2, 1)).relu()
    for block in range(1, blocks + 1):
        inner = norm(conv(w, f"block{block}a", reflect(v, 1), 1, 0)).relu()
        v = v + norm(conv(w, f"block{block}b", reflect(inner, 1), 1, 0))
    v = norm(up(w, "up1", v)).relu()
    v = norm(up(w, "up2", v)).relu()
    return conv(w, "last", reflect(v, 3), 1, 0).tanh()


def judge(w, x):
    v = functional.leaky_relu(conv(w, "layer1", x, 2, 1), 0.2)
    for layer, stride in ((2, 2), (3, 2), (4, 1)):
        v = functional.leaky_relu(norm(conv(w, f"layer{layer}", v, stride, 1)), 0.2)
    return conv(w, "layer5", v, 1, 1)


answer = {}
for name in ("generator", "discriminator"):
    weights = tensors(asked[name])
    x = torch.tensor(asked["x"]["values"], dtype=torch.float32).reshape(asked["x"]["shape"]).permute(0, 3, 1, 2)
    x = x.contiguous().requires_grad_()
    value = generate(weights, x, asked["blocks"]) if name == "generator" else judge(weights, x)
    ((value - 1) ** 2).mean().backward()
    answer[name] = {
        "value": value.detach().permute(0, 2, 3, 1).flatten().tolist(),
        "x": x.grad.permute(0, 2, 3, 1).flatten().tolist(),
        "weights": {key: weight.grad.flatten().tolist() for key, weight in weights.items()},
    }
json.dump(answer, sys.stdout)
