"""Recorded motions and how our skeleton takes them over."""
