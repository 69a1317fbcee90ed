"""What tests stand on: databases, servers and other parts of the machine, and nothing about the domain."""
