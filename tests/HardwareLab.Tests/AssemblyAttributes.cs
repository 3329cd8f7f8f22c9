// A lab has as many processors as many a host: two at a time would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
