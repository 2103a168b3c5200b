using System.Text.RegularExpressions;

namespace Keras.Core.Tests.Models;

/// <summary>What every message to a user looks like: who, what, expected, received.</summary>
static class Complaint
{
    internal static string Of<T>(Func<object?> function) where T : Exception => Of<T>(() =>
    {
        _ = function();
    });

    internal static string Of<T>(Action action) where T : Exception
    {
        var message = Assert.Catch<T>(() => action())!.Message;
        Assert.That(Regex.IsMatch(message, @"^\[[^\]]+\] [^.]+.*\. Expected: .+\. Received: .+\."), $"the form of: {message}");
        return message;
    }
}
