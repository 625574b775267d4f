// Fakes live here.
