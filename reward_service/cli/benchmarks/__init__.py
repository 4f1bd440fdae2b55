"""What `clinical-reward bench` measures."""
