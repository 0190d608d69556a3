import copy
import unittest

from test.blender import support  # noqa: F401 (the path)

from darkroom.contract import ContractError, job_of

JOB = {
    "version": 1,
    "scene": "/scenes/room.py",
    "outputDirectory": "/out",
    "resultsFile": "/out/results.jsonl",
    "outputFile": "/out/output.log",
    "viewerNodes": False,
    "residentLimitMb": 4000,
    "frames": [
        {
            "id": "000000",
            "seed": 5,
            "group": "g",
            "width": 64,
            "height": 48,
            "engine": {
                "name": "cycles",
                "samples": 8,
                "bounces": 2,
                "device": "cpu",
                "denoise": False,
                "adaptiveThreshold": 0.01,
                "persistentData": False,
            },
            "passes": {"depth": True, "normals": False},
            "parameters": {"look": "home"},
            "cameras": [{"distance": 3}],
            "attributes": {},
        }
    ],
}


class ContractTest(unittest.TestCase):
    def test_reads_a_job(self):
        job = job_of(JOB)
        self.assertEqual(job.frames[0].engine.samples, 8)
        self.assertEqual(job.frames[0].cameras, [{"distance": 3}])

    def test_names_the_property_that_is_wrong(self):
        cases = [
            (lambda job: job.update(version=2), "version must be 1, not 2"),
            (lambda job: job.pop("scene"), "scene is missing"),
            (lambda job: job.update(frames={}), "frames must be list, not dict"),
            (lambda job: job["frames"][0].update(width=0), "width and height must be at least 1"),
            (lambda job: job["frames"][0].update(seed=True), r"frames\[0\].seed must be int, not bool"),
            (lambda job: job["frames"][0].update(cameras=[]), "cameras must hold at least one draw"),
            (lambda job: job["frames"][0]["engine"].update(name="lux"), "engine.name must be one of cycles"),
            (lambda job: job["frames"][0]["engine"].update(device="tpu"), "engine.device must be one of cpu"),
            (lambda job: job["frames"][0]["engine"].update(samples=0), "samples must be at least 1"),
            (lambda job: job["frames"][0]["engine"].update(denoise=1), "engine.denoise must be bool, not int"),
            (lambda job: job["frames"][0]["passes"].pop("depth"), "passes.depth is missing"),
            (lambda job: job.update(residentLimitMb=True), "residentLimitMb must be a number, not bool"),
        ]
        for spoil, message in cases:
            job = copy.deepcopy(JOB)
            spoil(job)
            with self.assertRaisesRegex(ContractError, message):
                job_of(job)


if __name__ == "__main__":
    unittest.main()
