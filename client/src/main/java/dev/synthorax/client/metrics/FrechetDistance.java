package dev.synthorax.client.metrics;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Fréchet distance of two sets of features as Gaussians: {@code |m1 - m2|^2 + tr(S1 + S2 - 2 (S1
 * S2)^1/2)}, covariances unbiased. It falls with n: compare only at equal n, and above the
 * dimension.
 *
 * @see <a href="https://doi.org/10.1016/0047-259X(82)90077-X">Dowson and Landau 1982</a>
 * @see <a href="https://arxiv.org/abs/1706.08500">Heusel et al. 2017</a>
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * Returns the distance, squared as is usual.
   *
   * @throws IllegalArgumentException if the sets differ or one has fewer than two images
   */
  public static double of(Features a, Features b) {
    a.requireSameSet(b);
    DMatrixRMaj first = covariance(a);
    DMatrixRMaj second = covariance(b);
    DMatrixRMaj root = squareRoot(first);
    DMatrixRMaj half = new DMatrixRMaj(root.numRows, root.numCols);
    DMatrixRMaj product = new DMatrixRMaj(root.numRows, root.numCols);
    CommonOps_DDRM.mult(root, second, half);
    CommonOps_DDRM.mult(half, root, product); // similar to S1 S2, and symmetric
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(product, false);
    double trace = CommonOps_DDRM.trace(first) + CommonOps_DDRM.trace(second);
    for (int i = 0; i < eigen.getNumberOfEigenvalues(); i++) {
      trace -= 2 * Math.sqrt(Math.max(0, eigen.getEigenvalue(i).getReal()));
    }
    // the traces differ by less than 0 only in rounding
    return Features.squaredDistance(a.mean(), b.mean()) + Math.max(0, trace);
  }

  private static DMatrixRMaj covariance(Features features) {
    if (features.size() < 2) {
      throw new IllegalArgumentException(
          "features: " + features.size() + " image (expected: at least 2, for a covariance)");
    }
    double[] mean = features.mean();
    int d = features.dimension();
    DMatrixRMaj centred = new DMatrixRMaj(features.size(), d);
    for (int i = 0; i < features.size(); i++) {
      for (int k = 0; k < d; k++) {
        centred.set(i, k, features.rows()[i][k] - mean[k]);
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(d, d);
    CommonOps_DDRM.multInner(centred, covariance);
    CommonOps_DDRM.scale(1.0 / (features.size() - 1), covariance);
    return covariance;
  }

  private static DMatrixRMaj squareRoot(DMatrixRMaj symmetric) {
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(symmetric, true);
    int d = symmetric.numRows;
    DMatrixRMaj scaled = new DMatrixRMaj(d, d);
    DMatrixRMaj vectors = new DMatrixRMaj(d, d);
    for (int i = 0; i < d; i++) {
      double root = Math.sqrt(Math.max(0, eigen.getEigenvalue(i).getReal()));
      DMatrixRMaj vector = eigen.getEigenVector(i);
      for (int k = 0; k < d; k++) {
        vectors.set(k, i, vector.get(k));
        scaled.set(k, i, root * vector.get(k));
      }
    }
    DMatrixRMaj result = new DMatrixRMaj(d, d);
    CommonOps_DDRM.multTransB(scaled, vectors, result);
    return result;
  }

  private static EigenDecomposition_F64<DMatrixRMaj> decompose(
      DMatrixRMaj symmetric, boolean vectors) {
    DMatrixRMaj copy = new DMatrixRMaj(symmetric);
    for (int i = 0; i < copy.numRows; i++) { // products are symmetric but for rounding
      for (int k = 0; k < i; k++) {
        double mean = (symmetric.get(i, k) + symmetric.get(k, i)) / 2;
        copy.set(i, k, mean);
        copy.set(k, i, mean);
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(copy.numRows, vectors, true);
    if (!eigen.decompose(copy)) {
      throw new IllegalArgumentException(
          "features: covariance has no eigenvalues (expected: finite)");
    }
    return eigen;
  }
}
