"""Training pictures: shards, their making, crops, augmentation and simulated hints."""
