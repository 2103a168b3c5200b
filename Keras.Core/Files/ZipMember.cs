namespace Keras;

/// <summary>A file within a zip archive, whose headers have been found to agree.</summary>
/// <param name="Name">The path within the archive, with <c>/</c> between its parts.</param>
/// <param name="IsDeflated">Whether the bytes are compressed; else they are stored as they are.</param>
/// <param name="Crc">The CRC-32 of the content.</param>
/// <param name="StoredBytes">The length of what the archive holds.</param>
/// <param name="Bytes">The length of the content.</param>
/// <param name="Start">Where in the archive its bytes start.</param>
sealed record ZipMember(string Name, bool IsDeflated, uint Crc, long StoredBytes, long Bytes, long Start);
