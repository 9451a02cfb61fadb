import dev.synthorax.client.image.dicom.DicomImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads DICOM files as the client does, for compare.py. Usage: java -cp CLASSES DicomValues.java
 * LIST OUT, where LIST names a file a line. For file i, OUT/i.values holds the stored values (int32,
 * little endian) and then the grey, or OUT/i.error the message.
 */
final class DicomValues {
  public static void main(String[] arguments) throws IOException {
    List<String> files = Files.readAllLines(Path.of(arguments[0]));
    Path out = Path.of(arguments[1]);
    for (int i = 0; i < files.size(); i++) {
      try {
        DicomImage image = DicomImage.decode(Files.readAllBytes(Path.of(files.get(i))), 8192);
        int[] stored = image.storedValues();
        byte[] grey = image.image().toBytes();
        ByteBuffer bytes = ByteBuffer.allocate(5 * grey.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : stored) {
          bytes.putInt(value);
        }
        Files.write(out.resolve(i + ".values"), bytes.put(grey).array());
      } catch (IOException e) {
        Files.writeString(out.resolve(i + ".error"), e.getMessage());
      }
    }
  }
}
