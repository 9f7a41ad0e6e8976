"""What staff see and do. For now the operators' API; pages follow."""
