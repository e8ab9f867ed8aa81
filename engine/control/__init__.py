"""Control: what steers a picture besides words. Detectors turn pictures into control maps."""
