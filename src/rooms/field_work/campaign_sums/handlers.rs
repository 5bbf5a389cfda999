//! What happens with a campaign's sums: they are read.
