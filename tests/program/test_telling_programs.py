"""stub"""
def test_a():
    pass
