using VirtWorker;
using VirtWorker.Machines;

return await WorkerProgram.RunAsync(args, new EngineMachineFactory()).ConfigureAwait(false);
