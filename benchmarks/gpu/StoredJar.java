import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar with its entries stored, so that a better compressor sees their bytes: StoredJar
 * FROM TO [PATTERN to keep].
 */
final class StoredJar {
  private StoredJar() {}

  public static void main(String[] arguments) throws IOException {
    String kept = arguments.length > 2 ? arguments[2] : ".*";
    try (ZipFile from = new ZipFile(arguments[0]);
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
      for (Enumeration<? extends ZipEntry> entries = from.entries(); entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        if (entry.isDirectory() || !entry.getName().matches(kept)) {
          continue;
        }
        byte[] bytes = from.getInputStream(entry).readAllBytes();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(bytes.length);
        stored.setCrc(crc.getValue());
        stored.setTime(0);
        to.putNextEntry(stored);
        to.write(bytes);
        to.closeEntry();
      }
    }
  }
}
