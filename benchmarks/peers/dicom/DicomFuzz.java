import dev.synthorax.client.image.dicom.DicomImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Reads damaged DICOM files: each has to give an image or an IOException of one line. Usage: java
 * -Xmx192m -cp CLASSES DicomFuzz.java FOLDER ROUNDS SEED
 */
final class DicomFuzz {
  public static void main(String[] arguments) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.list(Path.of(arguments[0]))) {
      files = paths.filter(path -> path.toString().endsWith(".dcm")).sorted().toList();
    }
    int rounds = Integer.parseInt(arguments[1]);
    SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
    int read = 0;
    int refused = 0;
    long slowest = 0;
    String slowestName = "";
    for (Path path : files) {
      byte[] original = Files.readAllBytes(path);
      for (int round = 0; round < rounds; round++) {
        byte[] file = mutated(original, random);
        long begin = System.nanoTime();
        try {
          DicomImage.decode(file, 4096);
          read++;
        } catch (IOException e) {
          refused++;
          if (e.getMessage() == null || e.getMessage().contains("\n")) {
            throw new IllegalStateException(path + " round " + round + ": " + e.getMessage(), e);
          }
        } catch (RuntimeException | Error e) {
          Files.write(Path.of("damaged.dcm"), file);
          throw new IllegalStateException(path + " round " + round, e);
        }
        long nanos = System.nanoTime() - begin;
        if (nanos > slowest) {
          slowest = nanos;
          slowestName = path.getFileName() + " round " + round;
        }
      }
    }
    System.out.printf(
        "%d files, %d mutations: %d read, %d refused, slowest %d ms (%s)%n",
        files.size(), read + refused, read, refused, slowest / 1_000_000, slowestName);
  }

  private static byte[] mutated(byte[] original, SplittableRandom random) {
    byte[] file = original.clone();
    int begin = random.nextBoolean() ? 0 : Math.min(file.length - 1, 600); // beyond the header, half of them
    int reach = random.nextInt(3) == 0 ? Math.min(file.length, begin + 250) : file.length;
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      int at = random.nextInt(begin, reach);
      file[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) 0xFF;
            case 1 -> 0;
            case 2 -> (byte) (file[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt(256);
          };
    }
    return random.nextInt(8) > 0 ? file : Arrays.copyOf(file, random.nextInt(file.length));
  }
}
