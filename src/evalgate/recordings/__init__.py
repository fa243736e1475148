"""Every reply ever paid for, by content key."""
