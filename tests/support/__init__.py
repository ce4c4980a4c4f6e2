"""What the tests run against: real servers, started on this machine and stopped by it."""
