package dev.synthorax.nn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class FloatConversionTest {

  @Test
  void toFloat16_everyHalf_survivesTheRoundTrip() {
    short[] halves = new short[1 << 16];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) i;
    }
    float[] wide = new float[halves.length];
    short[] back = new short[halves.length];

    FloatConversion.toFloat32(
        MemorySegment.ofArray(halves), ElementType.F16, MemorySegment.ofArray(wide));
    FloatConversion.toFloat16(MemorySegment.ofArray(wide), MemorySegment.ofArray(back));

    for (int i = 0; i < halves.length; i++) {
      if (Float.isNaN(wide[i])) {
        assertThat(Float.isNaN(Float.float16ToFloat(back[i]))).isTrue();
      } else {
        assertThat(back[i]).isEqualTo(halves[i]);
      }
    }
    assertThat(wide[0x3c00]).isEqualTo(1);
    assertThat(wide[0x0001]).isEqualTo(0x1p-24f);
    assertThat(wide[0x7bff]).isEqualTo(65_504);
  }

  @Test
  void toFloat16_betweenTwoHalves_roundsToEven() {
    short[] halves = new short[2];

    FloatConversion.toFloat16(
        MemorySegment.ofArray(new float[] {2049, 2051}), MemorySegment.ofArray(halves));

    assertThat(Float.float16ToFloat(halves[0])).isEqualTo(2048);
    assertThat(Float.float16ToFloat(halves[1])).isEqualTo(2052);
  }

  @Test
  void toFloat32_otherFloats_widenOrRound() {
    float[] fromBfloat = new float[2];
    float[] fromDouble = new float[1];

    FloatConversion.toFloat32(
        MemorySegment.ofArray(new short[] {0x3f80, (short) 0xc040}),
        ElementType.BF16,
        MemorySegment.ofArray(fromBfloat));
    FloatConversion.toFloat32(
        MemorySegment.ofArray(new double[] {0.1}),
        ElementType.F64,
        MemorySegment.ofArray(fromDouble));

    assertThat(fromBfloat).containsExactly(1f, -3f);
    assertThat(fromDouble).containsExactly(0.1f);
  }

  @Test
  void toFloat32_integers_areRefused() {
    assertThatThrownBy(
            () ->
                FloatConversion.toFloat32(
                    MemorySegment.ofArray(new long[1]),
                    ElementType.I64,
                    MemorySegment.ofArray(new float[1])))
        .hasMessage("type: I64 (expected: F16, BF16, F32 or F64)");
  }
}
