"""What the word after ``under`` stands for."""

import pytest

from gupproof.diagnostics import GupError, Span
from gupproof.proving.platforms import Platform, model_of, platforms, target_of
from gupproof.resources import models_dir, targets_dir

HERE = Span("a.gup", 1, 2, 1, 5)


def refused(name: str, **options: object) -> tuple[str, str, str]:
    with pytest.raises(GupError) as caught:
        platforms(name, span=HERE, **options)
    (item,) = caught.value.diagnostics
    assert item.span == HERE
    return item.code, item.message, item.help


def test_a_model_stands_for_every_target_it_goes_with():
    assert platforms("sc") == (Platform("sc", "x86-64"),)
    assert platforms("armv8") == (Platform("armv8", "arm64-llsc"), Platform("armv8", "arm64-lse"))


def test_a_target_may_be_named_behind_the_model_or_beside_it():
    wanted = (Platform("armv8", "arm64-lse"),)
    assert platforms("armv8/arm64-lse") == platforms("armv8", target="arm64-lse") == wanted
    assert str(wanted[0]) == "armv8/arm64-lse"


def test_a_target_behind_the_model_wins():
    assert platforms("armv8/arm64-llsc", target="arm64-lse") == (Platform("armv8", "arm64-llsc"),)


def test_a_target_file_is_used_as_it_is():
    path = str(targets_dir() / "arm64-lse.target")
    (platform,) = platforms("armv8", target=path)
    assert platform == Platform("armv8", path)
    assert target_of(platform).rows == target_of(Platform("armv8", "arm64-lse")).rows


def test_a_model_file_is_read(tmp_path):
    path = tmp_path / "mine.cat"
    path.write_text('"mine"\nacyclic po | rf as mine')
    (platform,) = platforms(str(path), target="x86-64")
    assert platform.model == str(path)
    assert [axiom.name for axiom in model_of(platform).axioms] == ["mine", "values-come-from-somewhere"]
    assert [axiom.name for axiom in model_of(Platform("sc", "x86-64")).axioms] == ["sc", "atomic"]


def test_a_model_may_speak_of_the_tags_of_any_target():
    """A model of Arm names sets that no event of an x86 table is in; it is still that model."""
    assert model_of(Platform(str(models_dir() / "armv8.cat"), "x86-64")).axioms


def test_an_unknown_model_is_refused_with_what_there_is():
    code, message, remedy = refused("x86-tsl")
    assert (code, message) == ("P001", "there is no memory model called 'x86-tsl'")
    assert remedy == "did you mean x86-tso?"
    assert "armv8, lkmm, lkmm-same-lock, lkmm-v2, power, riscv, sc, x86-tso" in refused("alpha")[2]
    assert refused("nowhere.cat")[:2] == ("P001", "there is no model file nowhere.cat")


def test_a_target_of_another_model_is_refused_with_its_own():
    code, message, remedy = refused("sc/arm64-lse")
    assert (code, message) == ("P002", "model sc has no target called 'arm64-lse'")
    assert "x86-64" in remedy


def test_a_target_file_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(GupError, match="does not exist"):
        target_of(Platform("sc", str(tmp_path / "none.target")))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("acyclic [Once]; po; [Rcu-lock]", {"lkmm"}),
        ("enum Accesses = 'ONCE || 'MB acyclic [Once]; po; [MB]; po; [Rcu-lock]", {"lkmm-v2"}),
        ("acyclic po; [mfence]; po | (M * A)", {"x86-64"}),
        ("acyclic po; [lwsync]; po", {"ppc64"}),
        ("acyclic [A]; po | po; [L]", {"arm64-llsc", "arm64-lse"}),
    ],
)
def test_a_model_file_is_of_the_targets_whose_tags_it_names(tmp_path, text, targets):
    (tmp_path / "m.cat").write_text(text)
    assert {platform.target for platform in platforms(str(tmp_path / "m.cat"))} == targets


def test_the_bell_file_of_a_model_says_which_linux_it_is_of(tmp_path):
    (tmp_path / "m.cat").write_text("acyclic [Once]; po; [Mb]; po; [Rcu-lock]")
    (tmp_path / "m.bell").write_text("enum Accesses = 'ONCE || 'MB")
    assert [platform.target for platform in platforms(str(tmp_path / "m.cat"))] == ["lkmm-v2"]
