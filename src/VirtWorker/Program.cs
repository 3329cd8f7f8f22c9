using VirtWorker;
using VirtWorker.Machines;

return await WorkerProgram.RunAsync(args, static () => new EngineMachineFactory()).ConfigureAwait(false);
