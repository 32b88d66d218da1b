"""What people say of their machine: cards and amounts of memory in all their spellings."""
