using Keras.Core.Tests.Files;

// The test host loads this assembly as a library; as a program it is the process that tests kill.
KillTests.Save(args[0], bool.Parse(args[1]));
