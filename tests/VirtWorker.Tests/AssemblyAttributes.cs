// Each test has processes of its own; two at a time are enough for a small computer.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
