"""What measures the engine: judgments for the sample, quality, speed."""
