namespace VirtEngine.Bus;

/// <summary>Who can ring a doorbell at a guest's store, without the way through the bus: a partition whose hypervisor does it itself.</summary>
public interface IDoorbellHost
{
    /// <summary>Has every store that begins at an address, of any size and value, ring a doorbell in place of an access to the bus.</summary>
    /// <param name="address">The physical address, where nothing is bound yet; what is RAM stays RAM. A load there is undefined.</param>
    /// <param name="doorbell">Rung by any processor; not disposed of before it is released.</param>
    /// <returns>False if the hypervisor cannot, or has no room: stores come to the bus as before.</returns>
    bool TryBindDoorbell(ulong address, Doorbell doorbell) => false;

    /// <summary>Undoes <see cref="TryBindDoorbell"/>, which said true: when this returns, stores there come to the bus again.</summary>
    /// <param name="address">As it was bound.</param>
    /// <param name="doorbell">As it was bound.</param>
    void ReleaseDoorbell(ulong address, Doorbell doorbell) { }
}
