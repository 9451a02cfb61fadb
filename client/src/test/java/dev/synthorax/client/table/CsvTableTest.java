package dev.synthorax.client.table;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
  @TempDir private Path folder;

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.csv", "t.csv.gz"})
  void next_markSpacesAndCompression_areTakenOff(String name) throws IOException {
    Path file = folder.resolve(name);
    String text = "\uFEFFImageId, EncodedPixels\n a , -1\nb,12 3\n";
    try (OutputStream bytes = Files.newOutputStream(file);
        OutputStream output = name.endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes) {
      output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    try (CsvTable table = CsvTable.open(file, "ImageId", "EncodedPixels")) {
      CsvRow first = requireNonNull(table.next());
      assertThat(first.text("ImageId")).isEqualTo("a");
      assertThat(first.text("EncodedPixels")).isEqualTo("-1");
      assertThat(requireNonNull(table.next()).text("EncodedPixels")).isEqualTo("12 3");
      assertThat(table.next()).isNull();
    }
  }

  @Test
  void line_rowsOverSeveralLinesAndBlankLines_isWhereTheRowStarts() throws IOException {
    Path file = write("id,text\r\na,\"one\r\ntwo\r\nthree\"\r\n\r\nb,x\r\nc,y");

    try (CsvTable table = CsvTable.open(file, "id")) {
      assertThat(requireNonNull(table.next()).line()).isEqualTo(2);
      CsvRow second = requireNonNull(table.next());
      assertThat(second.text("id")).isEqualTo("b");
      assertThat(second.line()).isEqualTo(6);
      assertThat(requireNonNull(table.next()).at()).endsWith("t.csv: line 7");
    }
  }

  @Test
  void open_missingColumns_listsThemAndThoseFound() throws IOException {
    Path file = write("id,Sex\n1,M\n");

    assertThatThrownBy(() -> CsvTable.open(file, "Path", "Sex", "Age"))
        .hasMessage(file + ": no column 'Path', 'Age' (found: 'id', 'Sex')");
  }

  @Test
  void open_twoColumnsOfOneName_isRefused() throws IOException {
    Path file = write("id,id\n1,2\n");

    assertThatThrownBy(() -> CsvTable.open(file, "id")).hasMessageContaining("two columns 'id'");
  }

  @ParameterizedTest
  @CsvSource({
    "'arm;seed;metric;value', semicolons",
    "'Image Index;Age;Sex;Size[Width,Height];Spacing[x,y]', semicolons",
    "'arm\tseed\tvalue', tabs",
    "'arm|seed', bars",
  })
  void open_otherSeparators_areNamed(String header, String name) throws IOException {
    Path file = write(header + "\n");
    String message =
        file
            + ": separated by "
            + name
            + " (expected: commas; save the table as CSV with commas, and points in numbers)";

    assertThatThrownBy(() -> CsvTable.open(file, "arm", "seed")).hasMessage(message);
    assertThatThrownBy(() -> CsvRows.read(file)).hasMessage(message);
    assertThat(CsvTable.problem(file, "arm", "seed")).isEqualTo(message);
  }

  @Test
  void open_separatorsWithinNames_areNoSeparators() throws IOException {
    Path file = write("a;b;c,id\n1,2\n");

    try (CsvTable table = CsvTable.open(file, "id")) {
      assertThat(requireNonNull(table.next()).text("a;b;c")).isEqualTo("1");
    }
  }

  @Test
  void number_withAComma_isToldOfThePoint() throws IOException {
    Path file = write("arm,value\na,\"0,85\"\nb,0,85\n");

    try (CsvTable table = CsvTable.open(file, "value")) {
      CsvRow row = requireNonNull(table.next());
      assertThatThrownBy(() -> row.number("value"))
          .hasMessage(file + ": line 2: value '0,85' (expected: a point, not a comma: 0.85)");
      assertThatThrownBy(table::next)
          .hasMessage(
              file
                  + ": line 3: 3 values (expected: 2; are there numbers with a comma for the"
                  + " point?)");
    }
  }

  @Test
  void open_emptyFile_isRefused() throws IOException {
    Path file = write("");

    assertThatThrownBy(() -> CsvTable.open(file, "id")).hasMessageContaining("is empty");
  }

  @Test
  void next_rowWithTooFewValues_namesLineAndNumbers() throws IOException {
    Path file = write("id,a,b\n1,2,3\n1,2\n");

    try (CsvTable table = CsvTable.open(file, "id")) {
      assertThat(table.next()).isNotNull();
      assertThatThrownBy(table::next).hasMessage(file + ": line 3: 2 values (expected: 3)");
    }
  }

  @Test
  void next_rowWithTooManyValues_isRefusedUnlessTheyAreBlank() throws IOException {
    Path file = write("id,a,,\na,b,,\na,b,,,\na,b,x\n");

    try (CsvTable table = CsvTable.open(file, "id")) {
      assertThat(table.next()).isNotNull();
      assertThat(table.next()).isNotNull();
      assertThatThrownBy(table::next).hasMessage(file + ": line 4: 3 values (expected: 2)");
    }
  }

  @Test
  void next_quoteThatNeverEnds_namesTheFile() throws IOException {
    Path file = write("id,a\n1,2\n3,\"4\n");

    try (CsvTable table = CsvTable.open(file, "id")) {
      assertThat(table.next()).isNotNull();
      assertThatThrownBy(table::next).hasMessageStartingWith(file + ": after line ");
    }
  }

  @Test
  void next_textThatIsNotUtf8_saysWhatToDo() throws IOException {
    Path file = folder.resolve("latin.csv");
    Files.write(file, "id,a\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(
            () -> {
              try (CsvTable table = CsvTable.open(file, "id")) {
                table.next();
              }
            })
        .hasMessageContaining(file.toString())
        .hasMessageContaining("UTF-8");
  }

  @Test
  void open_gzThatIsNone_namesTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv.gz"), "id\n1\n");

    assertThatThrownBy(() -> CsvTable.open(file, "id")).hasMessageStartingWith(file.toString());
  }

  @Test
  void integer_textOrFraction_namesColumnAndValue() throws IOException {
    Path file = write("age\n61.0\nold\n61.5\nNaN\n\"\"\n");

    try (CsvTable table = CsvTable.open(file, "age")) {
      assertThat(requireNonNull(table.next()).integer("age")).isEqualTo(61);
      CsvRow text = requireNonNull(table.next());
      assertThatThrownBy(() -> text.integer("age"))
          .hasMessage(file + ": line 3: age 'old' (expected: a finite decimal number)");
      CsvRow fraction = requireNonNull(table.next());
      assertThatThrownBy(() -> fraction.integer("age")).hasMessageContaining("a whole number");
      CsvRow nan = requireNonNull(table.next());
      assertThatThrownBy(() -> nan.number("age")).hasMessageContaining("a finite decimal number");
    }
  }
}
