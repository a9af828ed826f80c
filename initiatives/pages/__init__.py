"""What pages say, whoever draws them."""
