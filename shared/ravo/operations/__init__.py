"""Operations: what keeps the shop running, such as readiness, keys, replays and retention."""
