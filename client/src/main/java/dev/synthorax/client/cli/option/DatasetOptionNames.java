package dev.synthorax.client.cli.option;

import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.UncertaintyPolicy;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the names of dataset options, such as {@code mimic-cxr-jpg}. */
public final class DatasetOptionNames {
  private DatasetOptionNames() {}

  /** The name of a format, or {@code png} for the plain folder. */
  public static final class OfFormat implements ITypeConverter<DatasetFormat> {
    @Override
    public DatasetFormat convert(String text) {
      try {
        return text.equals("png") ? DatasetFormat.FOLDER : DatasetFormat.ofWireName(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The name of a split. */
  public static final class OfSplit implements ITypeConverter<Split> {
    @Override
    public Split convert(String text) {
      try {
        return Split.ofWireName(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The names of all formats, for completion. */
  public static final class Formats implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(DatasetFormat.values()).map(DatasetFormat::wireName).iterator();
    }
  }

  /** The name of a policy for uncertain labels. */
  public static final class OfPolicy implements ITypeConverter<UncertaintyPolicy> {
    @Override
    public UncertaintyPolicy convert(String text) {
      try {
        return UncertaintyPolicy.ofWireName(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
