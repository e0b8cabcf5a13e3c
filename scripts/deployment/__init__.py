"""Checks what lies in deploy/."""
