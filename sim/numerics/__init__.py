"""Arrays of a block, exactly rounded functions, the streams of random numbers, and the grid on which NATO prints."""
