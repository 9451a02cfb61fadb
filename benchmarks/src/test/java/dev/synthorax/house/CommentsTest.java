package dev.synthorax.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import dev.synthorax.house.House.Source;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a caller may use says what it gives, and no comment says nothing. */
class CommentsTest {
  /** A comment of one word: the name said it already. */
  private static final Pattern FILLER = Pattern.compile("\\s*\\w+\\.?\\s*");

  private static final TreeSet<String> missing = new TreeSet<>();
  private static final TreeSet<String> filler = new TreeSet<>();

  @BeforeAll
  static void parse() throws IOException {
    List<Source> sources = House.sources().stream().filter(Source::main).toList();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources.stream().map(Source::path).toList()));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        var _ = new Reader(trees, unit).scan(unit, null);
      }
    }
  }

  /** Reads the comments of one file. */
  private static final class Reader extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final CompilationUnitTree unit;

    Reader(DocTrees trees, CompilationUnitTree unit) {
      this.trees = trees;
      this.unit = unit;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      if (!type.getSimpleName().isEmpty()) {
        read(type, type.getModifiers());
      }
      return super.visitClass(type, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      read(method, method.getModifiers());
      return null; // what is inside a body is nobody's to call
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, @Nullable Void unused) {
      read(field, field.getModifiers());
      return null;
    }

    private void read(Tree tree, ModifiersTree modifiers) {
      String comment = trees.getDocComment(getCurrentPath());
      boolean constant = tree instanceof VariableTree; // "Male." is all there is to say of MALE
      boolean told = isToldElsewhere(tree, modifiers); // close() may add "Idempotent."
      boolean ofRecord = isConstructorOfRecord(tree);
      if (comment != null
          && !constant
          && (!told || ofRecord)
          && FILLER.matcher(comment).matches()) {
        filler.add(where(tree) + ": " + comment.strip());
      }
      if (comment == null && isOpen(getCurrentPath()) && !told) {
        missing.add(where(tree));
      }
    }

    /** Whether a class of another package can use what this path leads to. */
    private static boolean isOpen(TreePath path) {
      for (TreePath at = path; at.getParentPath() != null; at = at.getParentPath()) {
        boolean inInterface =
            at.getParentPath().getLeaf() instanceof ClassTree holder
                && holder.getKind() == Tree.Kind.INTERFACE
                && !modifiers(at.getLeaf()).contains(Modifier.PRIVATE);
        if (!inInterface && !modifiers(at.getLeaf()).contains(Modifier.PUBLIC)) {
          return false;
        }
      }
      return true;
    }

    private static Set<Modifier> modifiers(Tree tree) {
      return switch (tree) {
        case ClassTree type -> type.getModifiers().getFlags();
        case MethodTree method -> method.getModifiers().getFlags();
        case VariableTree field -> field.getModifiers().getFlags();
        default -> Set.of();
      };
    }

    /** An overridden method by the one above it, a record's constructor by the record. */
    private boolean isToldElsewhere(Tree tree, ModifiersTree modifiers) {
      boolean overrides =
          modifiers.getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      boolean component =
          tree instanceof VariableTree
              && getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
      return overrides || isConstructorOfRecord(tree) || component;
    }

    private boolean isConstructorOfRecord(Tree tree) {
      return tree instanceof MethodTree method
          && method.getName().contentEquals("<init>")
          && getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
    }

    private String where(Tree tree) {
      long start = trees.getSourcePositions().getStartPosition(unit, tree);
      String name =
          switch (tree) {
            case ClassTree type -> type.getSimpleName().toString();
            case MethodTree method -> method.getName().toString();
            case VariableTree field -> field.getName().toString();
            default -> tree.getKind().name();
          };
      String file = House.ROOT.toUri().relativize(unit.getSourceFile().toUri()).getPath();
      return file + ":" + unit.getLineMap().getLineNumber(start) + " " + name;
    }
  }

  @Test
  void comments_ofAllKinds_sayMoreThanAWord() {
    assertThat(filler).as("comments of one word").isEmpty();
  }

  @Test
  void publicApi_allOfIt_isCommented() {
    assertThat(missing).as("public types and members without a comment").isEmpty();
  }
}
