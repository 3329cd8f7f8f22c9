// Shells share the process's environment.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
