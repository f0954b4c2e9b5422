"""What every story builds on: a test case that knows its build and tells figures, and the tier marks."""
import unittest

from cluster import Cluster


def marked(name):
    def mark(target):
        target.marks = getattr(target, "marks", set()) | {name}
        return target
    return mark


check = marked("check")
sanitize = marked("sanitize")


class Story(unittest.TestCase):
    build = None
    longMessage = True

    def figure(self, text):
        self.figures = getattr(self, "figures", []) + [text]
        print(f"figure: {text}", flush=True)

    def cluster(self, **options):
        return Cluster(self.build, **options)
