//! What happens with sums: they are read.
