using VirtWorker;

return await WorkerProgram.RunAsync(args, new EngineMachineFactory()).ConfigureAwait(false);
