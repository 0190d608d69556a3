"""Seconds of frames by OpenCV's DNN module, from pixels to boxes: CFG WEIGHTS IMAGE COUNT, as JSON."""
import json
import sys
import time

import cv2

cfg, weights, path, count = sys.argv[1:]
network = cv2.dnn.readNetFromDarknet(cfg, weights)
names = network.getUnconnectedOutLayersNames()
image = cv2.imread(path)
times = []
for _ in range(int(count)):
    began = time.perf_counter()
    network.setInput(cv2.dnn.blobFromImage(image, 1 / 255, (416, 416), swapRB=True))
    boxes, scores = [], []
    for head in network.forward(names):
        found = head[head[:, 4] > 0.25]
        boxes += found[:, :4].tolist()
        scores += found[:, 5:].max(axis=1).tolist()
    cv2.dnn.NMSBoxes(boxes, scores, 0.25, 0.45)
    times.append(time.perf_counter() - began)
print(json.dumps({"version": cv2.__version__, "seconds": times}))
