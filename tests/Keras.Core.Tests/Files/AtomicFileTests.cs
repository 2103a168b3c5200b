using System.Runtime.Versioning;

namespace Keras.Core.Tests.Files;

public class AtomicFileTests
{
    static readonly byte[] Old = Samples.Text("old"), New = Samples.Text("new content");

    [Test]
    public void A_file_is_made_and_replaced()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        AtomicFile.Write(path, s => s.Write(Old));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Old));
        AtomicFile.Write(path, s => s.Write(New));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(New));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
    }

    [Test]
    public void Files_of_a_set_are_replaced_when_all_are_whole()
    {
        using var folder = Samples.Folder();
        var (first, second) = (folder["a"], folder["b"]);
        AtomicFile.Write([(first, s => s.Write(Old)), (second, s => s.Write(Old))]);
        Assert.That(() => AtomicFile.Write([(first, s => s.Write(New)), (second, s => new FailingStream(s, 0).Write(New))]), Throws.InstanceOf<IOException>());
        Assert.That(() => AtomicFile.Write([(first, s => s.Write(New)), (folder.Path, s => s.Write(New))]), Throws.InstanceOf<IOException>());
        Assert.That(File.ReadAllBytes(first), Is.EqualTo(Old));
        AtomicFile.Write([(first, s => s.Write(New)), (second, s => Assert.That(File.ReadAllBytes(first), Is.EqualTo(Old)))]);
        Assert.That(File.ReadAllBytes(first), Is.EqualTo(New));
        Assert.That(folder.Names, Is.EqualTo(new[] { "a", "b" }));
    }

    /// <summary>A save of many writes that fails at the first, the second, … until one passes.</summary>
    [Test]
    public void A_failure_at_any_write_leaves_the_old_file()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        AtomicFile.Write(path, s => s.Write(Old));
        var fails = 0;
        for (var passed = false; !passed;)
        {
            try
            {
                AtomicFile.Write(path, s => Save(new FailingStream(s, fails)));
                passed = true;
            }
            catch (IOException e)
            {
                Assert.That(e.Message, Is.EqualTo(FailingStream.Full));
                Assert.That(File.ReadAllBytes(path), Is.EqualTo(Old));
                fails++;
            }
            Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
        }
        Assert.That(fails, Is.GreaterThan(10));
        Assert.That(ZipArchiveTests.ReadAll(File.ReadAllBytes(path)), Has.Count.EqualTo(3));
    }

    static void Save(Stream stream)
    {
        var zip = new ZipArchiveWriter(stream);
        zip.Add("metadata.json", "{}"u8);
        zip.Add("config.json", "{}"u8);
        zip.Add("model.weights.h5", s =>
        {
            for (var i = 0; i < 10; i++) s.Write(new byte[1000]);
            s.Position = 0;
            s.Write(New);
        }, new DateTime(2026, 1, 1));
        zip.Finish();
    }

    [Test]
    public void A_folder_that_cannot_be_written_to_is_an_error_and_nothing_changes()
    {
        using var folder = Samples.Folder();
        Assert.Multiple(() =>
        {
            Assert.That(() => AtomicFile.Write(folder["missing/model.keras"], s => s.Write(New)), Throws.InstanceOf<DirectoryNotFoundException>());
            Assert.That(() => AtomicFile.Write(folder.Path, s => s.Write(New)), Throws.InstanceOf<IOException>().With.Message.Contains("folder"));
            Assert.That(() => AtomicFile.Write(folder[new string('x', 300)], s => s.Write(New)), Throws.InstanceOf<IOException>());
            Assert.That(() => AtomicFile.Write("/proc/keras-test", s => s.Write(New)), Throws.InstanceOf<Exception>().With.Message.Contains("proc"));
            Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
        });
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public void A_read_only_folder_is_an_error_unless_the_user_may_do_all()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        AtomicFile.Write(path, s => s.Write(Old));
        var mode = File.GetUnixFileMode(folder.Path);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            if (Environment.IsPrivilegedProcess) AtomicFile.Write(path, s => s.Write(Old));
            else Assert.That(() => AtomicFile.Write(path, s => s.Write(New)), Throws.InstanceOf<UnauthorizedAccessException>());
        }
        finally
        {
            File.SetUnixFileMode(folder.Path, mode);
        }
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Old));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public void A_link_stays_and_permissions_stay()
    {
        using var folder = Samples.Folder();
        var (path, link) = (folder["model.keras"], folder["latest.keras"]);
        File.WriteAllBytes(path, Old);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(path, mode);
        File.CreateSymbolicLink(link, path);
        AtomicFile.Write(link, s => s.Write(New));
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(New));
            Assert.That(File.ResolveLinkTarget(link, false)!.FullName, Is.EqualTo(path));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(mode));
        });
    }

    [Test]
    public void Two_writers_of_one_path_leave_one_of_the_two_contents()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => AtomicFile.Write(path, s =>
        {
            for (var part = 0; part < 20; part++) s.Write(Enumerable.Repeat((byte)i, 1000).ToArray());
        }));
        var bytes = File.ReadAllBytes(path);
        Assert.That(bytes, Has.Length.EqualTo(20_000).And.All.EqualTo(bytes[0]));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
    }

    [Test]
    public void What_dead_writers_left_is_removed_and_nothing_else()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        var stale = folder["model.keras.0123456789abcdef.tmp"];
        string[] others = [folder["other.keras.0123456789abcdef.tmp"], folder["model.keras.tmp"], folder["model.keras.0123456789abcdeg.tmp"], folder["model.keras.1123456789abcdef.tmp"]];
        foreach (var file in (string[])[stale, .. others]) File.WriteAllBytes(file, Old);
        foreach (var file in (string[])[stale, .. others[..3]]) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        AtomicFile.Write(path, s => s.Write(New));
        Assert.That(Directory.EnumerateFiles(folder.Path), Is.EquivalentTo((string[])[path, .. others]));
    }
}

/// <summary>Passes on to a stream until the n-th write, which fails as a full disk does.</summary>
sealed class FailingStream(Stream inner, int writes) : Stream
{
    internal const string Full = "No space left on device";

    int _writes;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_writes++ == writes) throw new IOException(Full);
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
