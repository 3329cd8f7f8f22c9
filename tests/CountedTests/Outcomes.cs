namespace CountedTests;

public class Outcomes
{
    [Fact]
    public void Passes()
    {
    }

    [Fact(Skip = "there is no such device")]
    public void Is_skipped()
    {
    }

    [Fact]
    public void Ends_as_it_is_told()
    {
        switch (Environment.GetEnvironmentVariable("COUNTED_TESTS"))
        {
            case "fail": Assert.Fail("told to fail"); break;
            case "crash": Environment.FailFast("told to crash"); break;
            case "exit": Environment.Exit(0); break;
        }
    }
}
