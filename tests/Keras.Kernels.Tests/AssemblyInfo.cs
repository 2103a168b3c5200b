// Kernels must stand being called from several threads; what changes their number runs alone.
[assembly: Parallelizable(ParallelScope.Children)]
