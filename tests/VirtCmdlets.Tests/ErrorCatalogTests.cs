using VirtFoundation;

namespace VirtCmdlets.Tests;

public sealed class ErrorCatalogTests
{
    [Fact]
    public void Every_error_is_in_the_catalog_once() =>
        Assert.Equal(Enum.GetValues<VirtErrorCode>(), ErrorCatalog.Entries.Select(entry => entry.Code));

    [Fact]
    public void The_page_in_docs_is_the_catalog() => Repository.Check("docs/errors.md", ErrorCatalog.ToMarkdown());
}
