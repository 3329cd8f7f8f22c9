Console.Error.WriteLine("VirtWorker is started by the module."); return 2;
