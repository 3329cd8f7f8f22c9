using FakeWorker;
using VirtWorker;

// The real worker around a machine that plays a script: what is tested is everything but the processor.
return await WorkerProgram.RunAsync(args, static () => new FakeMachineFactory()).ConfigureAwait(false);
