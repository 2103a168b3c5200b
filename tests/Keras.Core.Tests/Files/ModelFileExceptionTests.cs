namespace Keras.Core.Tests.Files;

public class ModelFileExceptionTests
{
    [Test]
    public void A_quoted_text_may_be_long_and_the_sentence_still_ends()
    {
        var message = new ModelFileException($"[layer] the class is unknown. Expected: a class. Received: \"{new string('n', 500)}\".", null, null).Message;
        Assert.That(message, Does.Match("^\\[layer\\] the class is unknown\\. Expected: a class\\. Received: \"n{199}…\"\\.$"));
    }

    [Test]
    public void Nothing_moves_the_cursor() =>
        Assert.That(new ModelFileException("[a] b. Expected: c. Received: \"\u001b[2J\u202e\".", "/x", null).Message, Is.EqualTo("[a] b. Expected: c. Received: \"?[2J?\"."));
}
