"""Seconds of training steps of a CycleGAN by PyTorch on this machine's cores, the first one left out: as JSON.

pytorch.py CROP WIDTH BLOCKS STEPS     the same networks and losses as cyclegan/train: two ResNet generators, two
PatchGANs, least squares, cycle 10, identity .5, Adam; batch 1
"""

import itertools
import json
import sys
import time

import torch
from torch import nn

crop, width, blocks, steps = map(int, sys.argv[1:])


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        part = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]  # noqa: E731
        self.inner = nn.Sequential(*part(), nn.ReLU(True), *part())

    def forward(self, x):
        return x + self.inner(x)


def generator():
    def normal(layer, channels):
        return [layer, nn.InstanceNorm2d(channels), nn.ReLU(True)]

    return nn.Sequential(
        nn.ReflectionPad2d(3),
        *normal(nn.Conv2d(3, width, 7), width),
        *normal(nn.Conv2d(width, 2 * width, 3, 2, 1), 2 * width),
        *normal(nn.Conv2d(2 * width, 4 * width, 3, 2, 1), 4 * width),
        *[Block(4 * width) for _ in range(blocks)],
        *normal(nn.ConvTranspose2d(4 * width, 2 * width, 3, 2, 1, 1), 2 * width),
        *normal(nn.ConvTranspose2d(2 * width, width, 3, 2, 1, 1), width),
        nn.ReflectionPad2d(3),
        nn.Conv2d(width, 3, 7),
        nn.Tanh(),
    )


def judge():
    def normal(before, after, stride):
        return [nn.Conv2d(before, after, 4, stride, 1), nn.InstanceNorm2d(after), nn.LeakyReLU(0.2, True)]

    return nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1),
        nn.LeakyReLU(0.2, True),
        *normal(width, 2 * width, 2),
        *normal(2 * width, 4 * width, 2),
        *normal(4 * width, 8 * width, 1),
        nn.Conv2d(8 * width, 1, 4, 1, 1),
    )


to_b, to_a, judge_a, judge_b = generator(), generator(), judge(), judge()
makers = torch.optim.Adam(itertools.chain(to_b.parameters(), to_a.parameters()), 2e-4, (0.5, 0.999))
judges = torch.optim.Adam(itertools.chain(judge_a.parameters(), judge_b.parameters()), 2e-4, (0.5, 0.999))
squares, distance = nn.MSELoss(), nn.L1Loss()


def verdict(network, x, is_real):
    answer = network(x)
    return squares(answer, torch.full_like(answer, float(is_real)))


times = []
for _ in range(steps + 1):
    a, b = torch.rand(1, 3, crop, crop) * 2 - 1, torch.rand(1, 3, crop, crop) * 2 - 1
    began = time.perf_counter()
    for network in (judge_a, judge_b):
        network.requires_grad_(False)
    fake_b, fake_a = to_b(a), to_a(b)
    loss = verdict(judge_b, fake_b, True) + verdict(judge_a, fake_a, True)
    loss = loss + 10 * (distance(to_a(fake_b), a) + distance(to_b(fake_a), b))
    loss = loss + 5 * (distance(to_b(b), b) + distance(to_a(a), a))
    makers.zero_grad()
    loss.backward()
    makers.step()
    for network in (judge_a, judge_b):
        network.requires_grad_(True)
    judged = verdict(judge_b, b, True) + verdict(judge_b, fake_b.detach(), False)
    judged = judged + verdict(judge_a, a, True) + verdict(judge_a, fake_a.detach(), False)
    judges.zero_grad()
    (0.5 * judged).backward()
    judges.step()
    times.append(time.perf_counter() - began)
print(json.dumps({"version": torch.__version__, "seconds": times[1:]}))
