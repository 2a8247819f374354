"""Measurements behind every claim of speed, memory or quality; nothing here is imported by the product."""
